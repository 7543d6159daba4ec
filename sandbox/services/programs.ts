import { FilesService } from './files.ts';
import { MessagingService } from './messaging.ts';
import { OtpService } from './otp.ts';
import type { Program, Surroundings } from './program.ts';
import { QuoteService } from './quotes.ts';
import { SignupService } from './signup.ts';

/** The programs images may hold, by `ServiceRecord.app.kind`. */
export const PROGRAMS: Readonly<Record<string, (around: Surroundings) => Program>> = {
  otp: (around) => new OtpService(around),
  signup: (around) => new SignupService(around),
  messaging: (around) => new MessagingService(around),
  files: (around) => new FilesService(around),
  quotes: (around) => new QuoteService(around),
};

import { OtpService } from './otp.ts';
import type { Program, Surroundings } from './program.ts';

/** The programs images may hold, by `ServiceRecord.app.kind`. */
export const PROGRAMS: Readonly<Record<string, (around: Surroundings) => Program>> = {
  otp: (around) => new OtpService(around),
};

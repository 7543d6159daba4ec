import type { Cause } from '../domain/cause.ts';

/** A line in the log that means something. */
export interface Sign {
  readonly name: string;
  /** What CloudWatch is asked for: lines that contain one of these. Plain text, no quotation marks. */
  readonly terms: readonly string[];
  readonly pattern: RegExp;
  readonly good?: boolean;
  readonly cause?: Cause;
  readonly means: string;
}

/** Somebody a service sends messages through: what they reject is not what a user mistyped. */
const PROVIDER = '(?:twilio|brevo|sendgrid|mailgun|postmark|\\bses\\b|\\bsns\\b|smtp|provider)';

/** What clients of Python, Node, Java and Go write when they cannot get through, and what a healthy service writes. */
export const SIGNS: readonly Sign[] = [
  {
    name: 'connect-timeout',
    terms: ['timed out', 'ETIMEDOUT', 'Timeout', 'timeout', 'deadline exceeded'],
    pattern:
      /connect\w*\b[^\n]*\b(?:timed out|time-?out)|ETIMEDOUT|Connect\w*Timeout|ReadTimeout|i\/o timeout|timeout expired|context deadline exceeded/i,
    means: 'connections out of the service time out',
  },
  {
    name: 'no-way',
    terms: ['unreachable', 'No route to host', 'EHOSTUNREACH', 'ENETUNREACH'],
    pattern: /network is unreachable|host is unreachable|no route to host|EHOSTUNREACH|ENETUNREACH/i,
    means: 'the network of the service knows no way',
  },
  {
    name: 'connection-refused',
    terms: ['ECONNREFUSED', 'onnection refused'],
    pattern: /ECONNREFUSED|connection refused/i,
    means: 'something answered and refused the connection',
  },
  {
    name: 'name-not-found',
    terms: [
      'ENOTFOUND',
      'EAI_AGAIN',
      'Name or service not known',
      'name resolution',
      'resolve host',
      'UnknownHostException',
      'no such host',
    ],
    pattern:
      /ENOTFOUND|EAI_AGAIN|name or service not known|failure in name resolution|could not resolve host|UnknownHostException|no such host/i,
    means: 'a host name could not be resolved',
  },
  {
    name: 'tls',
    terms: ['ertificate', 'SSLError', 'SSLHandshake', 'ERR_TLS', 'WRONG_VERSION_NUMBER', 'x509:', 'CERTIFICATE'],
    pattern:
      /CERTIFICATE_VERIFY_FAILED|certificate verify failed|unable to verify the first certificate|SSLError|ERR_TLS_|WRONG_VERSION_NUMBER|x509:|SSLHandshake/,
    means: 'a TLS connection could not be made',
  },
  {
    name: 'worker-timeout',
    terms: ['WORKER TIMEOUT', 'orker timeout', 'event loop', 'Executing <'],
    pattern: /WORKER TIMEOUT|worker timeout|event loop (?:is |was )?blocked|Executing <(?:Task|Handle).* took \d/i,
    means: 'workers were timed out, or the event loop was blocked',
  },
  {
    name: 'rate-limited',
    terms: ['20429', '60203', '60212', 'HTTP 429', 'code 429', 'Too Many Requests'],
    pattern: /\b(?:code|error)\W{0,3}(?:20429|60203|60212)\b|HTTP 429|status code 429|Too Many Requests/i,
    means: 'a provider limited the rate, which is no outage',
  },
  {
    name: 'forbidden',
    terms: ['HTTP 403', 'code 403', '403 Client', 'AccessDenied', '403 Forbidden'],
    pattern: /HTTP 403|status code 403|403 Client Error|AccessDenied|403 Forbidden/,
    means: 'something refused the service access',
  },
  {
    name: 'credentials-rejected',
    terms: ['20003', 'Authenticate', 'nvalid credentials', '401'],
    pattern: new RegExp(
      `Unable to create record: Authenticate|\\b(?:code|error)\\W{0,3}20003\\b|${PROVIDER}[^\\n]{0,100}(?:\\b401\\b|invalid credentials)|\\b401\\b[^\\n]{0,100}${PROVIDER}`,
      'i',
    ),
    cause: 'credentials-rejected',
    means: 'a provider rejected the credentials of the service',
  },
  {
    name: 'fallback',
    terms: ['SMS FALLBACK'],
    pattern: /SMS FALLBACK/,
    cause: 'fallback-in-use',
    means: 'messages went to the console instead of to people',
  },
  {
    name: 'sent',
    terms: ['OTP sent successfully', 'SMS sent via', 'Email sent:'],
    pattern: /OTP sent successfully|SMS sent via|Email sent:/,
    good: true,
    means: 'messages were sent',
  },
];

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

/** What clients of Python, Node, Java and Go write when they cannot get through, and what a healthy service writes. */
export const SIGNS: readonly Sign[] = [
  {
    name: 'connect-timeout',
    terms: ['timed out', 'ETIMEDOUT', 'ConnectTimeout', 'Connection timeout', 'i/o timeout'],
    pattern: /timed out|ETIMEDOUT|ConnectTimeout|connection timeout|i\/o timeout/i,
    means: 'connections out of the service time out',
  },
  {
    name: 'connection-refused',
    terms: ['ECONNREFUSED', 'Connection refused', 'connection refused'],
    pattern: /ECONNREFUSED|connection refused/i,
    means: 'something answered and refused the connection',
  },
  {
    name: 'name-not-found',
    terms: ['ENOTFOUND', 'EAI_AGAIN', 'Name or service not known', 'UnknownHostException', 'no such host'],
    pattern: /ENOTFOUND|EAI_AGAIN|name or service not known|UnknownHostException|no such host/i,
    means: 'a host name could not be resolved',
  },
  {
    name: 'tls',
    terms: [
      'CERTIFICATE_VERIFY_FAILED',
      'certificate verify failed',
      'SSLError',
      'ERR_TLS',
      'x509:',
      'SSLHandshakeException',
    ],
    pattern: /CERTIFICATE_VERIFY_FAILED|certificate verify failed|SSLError|ERR_TLS_|x509:|SSLHandshakeException/,
    means: 'a TLS connection could not be made',
  },
  {
    name: 'worker-timeout',
    terms: ['WORKER TIMEOUT', 'Worker timeout', 'event loop', 'Executing <'],
    pattern: /WORKER TIMEOUT|worker timeout|event loop (?:is |was )?blocked|Executing <(?:Task|Handle).* took \d/i,
    means: 'workers were timed out, or the event loop was blocked',
  },
  {
    name: 'rate-limited',
    terms: ['20429', '60203', '60212', 'HTTP 429', 'Too Many Requests'],
    pattern: /\b(?:20429|60203|60212)\b|HTTP 429|Too Many Requests/,
    means: 'a provider limited the rate, which is no outage',
  },
  {
    name: 'forbidden',
    terms: ['HTTP 403', 'AccessDenied', '403 Forbidden'],
    pattern: /HTTP 403|AccessDenied|403 Forbidden/,
    means: 'something refused the service access',
  },
  {
    name: 'credentials-rejected',
    terms: ['20003', 'Authenticate', 'Invalid credentials', 'HTTP 401'],
    pattern: /\b20003\b|Unable to create record: Authenticate|invalid credentials|HTTP 401/i,
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

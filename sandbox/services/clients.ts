import type { Path } from '../network.ts';
import type { Surroundings } from './program.ts';
import { Refusal } from './routes.ts';

const SECOND = 1000;

type Failure = Extract<Path, { reached: false }> & { readonly host: string; readonly port: number };

/** A client library: how long it waits for a connection, and what it writes when there is none. */
export interface Client {
  readonly patience: number;
  readonly says: (failure: Failure) => string;
}

/** Whether a connection came about; if not, the log says so. */
export async function dial(around: Surroundings, client: Client, host: string, port: number): Promise<boolean> {
  const path = around.connect(host, port);
  if (path.reached) {
    await around.clock.sleep(20);
    return true;
  }
  if (path.symptom === 'timeout') await around.clock.sleep(client.patience);
  around.log(client.says({ ...path, host, port }));
  return false;
}

/** Dials what a URL in the environment points to; without a connection the request fails. */
export async function useServer(
  around: Surroundings,
  client: Client,
  variable: string,
  defaultPort: number,
): Promise<void> {
  const url = URL.parse(around.environment[variable] ?? '');
  if (!url) throw new Error(`${variable} is not set`);
  const reached = await dial(around, client, url.hostname, Number(url.port || defaultPort));
  if (!reached) throw new Refusal(500, 'Internal Server Error');
}

const words = { timeout: 'Connection timed out', refused: 'Connection refused', 'unknown-host': '' };

export const PSYCOPG: Client = {
  patience: 10 * SECOND,
  says: ({ host, port, symptom }) =>
    symptom === 'unknown-host'
      ? `psycopg2.OperationalError: could not translate host name "${host}" to address: Name or service not known`
      : `psycopg2.OperationalError: connection to server at "${host}", port ${port} failed: ${words[symptom]}`,
};

const nodeError = ({ host, port, symptom }: Failure) =>
  symptom === 'unknown-host'
    ? `getaddrinfo ENOTFOUND ${host}`
    : `connect ${symptom === 'timeout' ? 'ETIMEDOUT' : 'ECONNREFUSED'} ${host}:${port}`;

export const NODE_POSTGRES: Client = {
  patience: 10 * SECOND,
  says: (failure) => `Database error: ${nodeError(failure)}`,
};

export const IOREDIS: Client = {
  patience: 10 * SECOND,
  says: (failure) => `[ioredis] Unhandled error event: Error: ${nodeError(failure)}`,
};

/** https://nodemailer.com/smtp: `connectionTimeout` is two minutes by default. */
export const NODEMAILER: Client = {
  patience: 120 * SECOND,
  says: (failure) =>
    failure.symptom === 'timeout'
      ? 'Error sending email: Connection timeout { code: "ETIMEDOUT", command: "CONN" }'
      : `Error sending email: ${nodeError(failure)} { code: "ESOCKET", command: "CONN" }`,
};

/** Sets no limit of its own: the kernel gives up (`tcp_syn_retries`, https://docs.kernel.org/networking/ip-sysctl.html). */
export const NODE_S3: Client = {
  patience: 127 * SECOND,
  says: (failure) => `ListObjectsV2 failed: Error: ${nodeError(failure)}`,
};

/** Three attempts of 60 seconds each, and then one traceback. */
export const BOTO: Client = {
  patience: 180 * SECOND,
  says: ({ host, symptom }) =>
    symptom === 'timeout'
      ? `urllib3.exceptions.ConnectTimeoutError: Connection to ${host} timed out. (connect timeout=60)`
      : `botocore.exceptions.EndpointConnectionError: Could not connect to the endpoint URL: "https://${host}/"`,
};

const goError = ({ host, port, address, symptom }: Failure) =>
  symptom === 'unknown-host'
    ? `dial tcp: lookup ${host}: no such host`
    : `dial tcp ${address}:${port}: ${symptom === 'timeout' ? 'i/o timeout' : 'connect: connection refused'}`;

export const GO_HTTP: Client = {
  patience: 30 * SECOND,
  says: (failure) => `quote: Get "https://${failure.host}/": ${goError(failure)}`,
};

export const PGX: Client = {
  patience: 10 * SECOND,
  says: (failure) => `quote: failed to connect to database: ${goError(failure)}`,
};

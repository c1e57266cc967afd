// What applications write for the first version, and what it means. Nothing here changes once that is published: a later
// version understands it.
import type { PublishedOptions } from '@millrace/harness/conformance';

const MIB = 1_048_576;
const DEFAULTS = {
  host: '127.0.0.1',
  path: '/',
  bearerTokens: [],
  maxBodyBytes: 4 * MIB,
  maxDecompressedBytes: 16 * MIB,
  maxCompressionRatio: 100,
  maxRecordsPerRequest: 10_000,
  maxRecordBytes: MIB,
  maxConnections: 1_000,
  maxConcurrentRequests: 256,
  maxBytesInFlight: 64 * MIB,
  maxRecordsInFlight: 200_000,
  storeWaitMs: 2_000,
  answerTimeoutMs: 60_000,
  retryAfterSeconds: 2,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  idleTimeoutMs: 30_000,
  idempotencyMaxKeys: 10_000,
  idempotencyTtlMs: 600_000,
};
const TLS = { certFile: 'c.pem', keyFile: 'k.pem', passphrase: 'p', clientCaFile: 'ca.pem' };

/** Options of `httpText`. */
export const PUBLISHED_TEXT_OPTIONS: readonly PublishedOptions[] = [
  { input: { port: 8_080 }, output: { port: 8_080, ...DEFAULTS } },
  {
    input: { ...DEFAULTS, port: 1, healthPath: '/health', bearerTokens: ['a'], tls: TLS },
    output: { tls: TLS },
  },
];

/** Options of `httpRecords`. */
export const PUBLISHED_RECORDS_OPTIONS: readonly PublishedOptions[] = [
  ...PUBLISHED_TEXT_OPTIONS,
  { input: { port: 8_080 }, output: { onMalformed: 'refuse' } },
  { input: { port: 8_080, onMalformed: 'skip' }, output: { onMalformed: 'skip' } },
];

// Options as applications write for the first version, with their meaning. Nothing here changes once published: later
// versions accept the same options.
import type { PublishedOptions } from '@millrace/testing/conformance';

const MIB = 1_048_576;
const DEFAULTS = {
  host: '127.0.0.1',
  path: '/',
  bearerTokens: [],
  requireTokens: false,
  allowedOrigins: [],
  allowedHosts: [],
  maxBodyBytes: 4 * MIB,
  maxRecordsPerRequest: 10_000,
  maxRecordBytes: MIB,
  maxConnections: 1_000,
  maxConnectionsPerAddress: 500,
  maxConcurrentRequests: 256,
  maxRecordsInFlight: 200_000,
  storeWaitMs: 2_000,
  answerTimeoutMs: 60_000,
  retryAfterSeconds: 2,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  firstRequestTimeoutMs: 10_000,
  idleTimeoutMs: 75_000,
  idempotencyMaxKeys: 10_000,
  idempotencyTtlMs: 600_000,
};
const TLS = { certFile: 'c.pem', keyFile: 'k.pem', passphrase: 'p', clientCaFile: 'ca.pem' };

const CHOSEN = {
  healthPath: '/health',
  healthPort: 2,
  bearerTokens: ['sixteen-letters-'],
  requireTokens: true,
  allowedOrigins: ['https://app.example.com', 'null'],
  allowedHosts: ['ingest.example.com'],
  maxDecompressedBytes: 16 * MIB,
  maxCompressionRatio: 100,
  maxBytesInFlight: 64 * MIB,
};

/** Options of `httpText`. */
export const PUBLISHED_TEXT_OPTIONS: readonly PublishedOptions[] = [
  { input: { port: 8_080 }, output: { port: 8_080, ...DEFAULTS } },
  {
    input: { ...DEFAULTS, ...CHOSEN, port: 1, tls: TLS },
    output: { ...CHOSEN, tls: TLS },
  },
];

/** Options of `httpRecords`. */
export const PUBLISHED_RECORDS_OPTIONS: readonly PublishedOptions[] = [
  ...PUBLISHED_TEXT_OPTIONS,
  { input: { port: 8_080 }, output: { onMalformed: 'refuse', numbers: 'exact', onInvalid: 'refuse' } },
  {
    input: { port: 8_080, onMalformed: 'skip', numbers: 'bigint' },
    output: { onMalformed: 'skip', numbers: 'bigint' },
  },
];

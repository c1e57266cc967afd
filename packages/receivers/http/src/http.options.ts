// The options of `httpRecords` and `httpText`: one schema is the source of the types, the defaults and the table in the
// README. Every bound of this receiver is here. Bounds that contradict each other are refused, because requests that
// fit one and can never fit the other would be sent again for ever.
import { z } from 'zod';

const KIB = 1_024;
const MIB = 1_024 * KIB;
const MAX_TIMEOUT_MS = 3_600_000;

/** The most records that may ever be on their way; `maxInFlight` of the capabilities. */
export const RECORDS_IN_FLIGHT_MAX = 1_000_000;

const timeoutMs = z.int().min(1).max(MAX_TIMEOUT_MS);
const path = z.string().regex(/^\/[^?#\s]*$/, 'expected a path that begins with / and has no query');
const bearerToken = z.string().regex(/^[\w.~+/-]+=*$/, 'expected letters, digits and -._~+/ only');

const tls = z.strictObject({
  /** The certificate chain, PEM; a path on the host of the executor. */
  certFile: z.string().min(1),
  /** Its private key, PEM. */
  keyFile: z.string().min(1),
  /** What the key is encrypted with. Secret. */
  passphrase: z.string().min(1).optional(),
  /** Certificates, PEM, that clients must be signed by. Default: clients need no certificate. */
  clientCaFile: z.string().min(1).optional(),
});

const shape = {
  /** Name or address to listen on. Default: this machine only. */
  host: z.string().min(1).default('127.0.0.1'),
  /** TCP port; 0: any free one. */
  port: z.int().min(0).max(65_535),
  /** Where records are posted to. */
  path: path.default('/'),
  /** Answers GET with the state of the receiver, to anybody. Default: there is no such path. */
  healthPath: path.optional(),
  /** Any one of these opens the door. Secret. Default: it is open. */
  bearerTokens: z.array(bearerToken).max(100).default([]),
  /** HTTPS instead of HTTP. */
  tls: tls.optional(),

  /** The largest body, as it is sent, in bytes. */
  maxBodyBytes: z
    .int()
    .min(1)
    .max(64 * MIB)
    .default(4 * MIB),
  /** The largest body after decompression, in bytes. */
  maxDecompressedBytes: z
    .int()
    .min(1)
    .max(256 * MIB)
    .default(16 * MIB),
  /** How many times its own size a body may decompress to, from 64 KiB on. */
  maxCompressionRatio: z.int().min(1).max(100_000).default(100),
  /** The most records of one request. */
  maxRecordsPerRequest: z.int().min(1).max(RECORDS_IN_FLIGHT_MAX).default(10_000),
  /** The largest record, in bytes. */
  maxRecordBytes: z
    .int()
    .min(1)
    .max(64 * MIB)
    .default(MIB),

  /** The most connections; further ones are closed at once. */
  maxConnections: z.int().min(1).max(1_000_000).default(1_000),
  /** The most requests that are read, stored or waiting for their answer. */
  maxConcurrentRequests: z.int().min(1).max(100_000).default(256),
  /** The most bytes of bodies that are not stored yet. */
  maxBytesInFlight: z
    .int()
    .min(1)
    .max(4_096 * MIB)
    .default(64 * MIB),
  /** The most records that are not known to be durable yet. */
  maxRecordsInFlight: z.int().min(1).max(RECORDS_IN_FLIGHT_MAX).default(200_000),

  /** How long a request waits to be stored while the engine takes no more. */
  storeWaitMs: timeoutMs.default(2_000),
  /** How long a request waits for its answer, from when it was read. */
  answerTimeoutMs: timeoutMs.default(60_000),
  /** What clients are told to wait before they send again, in seconds. */
  retryAfterSeconds: z.int().min(1).max(3_600).default(2),
  /** How long the headers of a request may take. */
  headersTimeoutMs: timeoutMs.default(10_000),
  /** How long a whole request may take to come in. */
  requestTimeoutMs: timeoutMs.default(30_000),
  /** How long a connection may be idle between requests. */
  idleTimeoutMs: timeoutMs.default(30_000),

  /** How many idempotency keys are remembered; the oldest is forgotten first. */
  idempotencyMaxKeys: z.int().min(0).max(1_000_000).default(10_000),
  /** How long an idempotency key is remembered. */
  idempotencyTtlMs: z
    .int()
    .min(1)
    .max(24 * MAX_TIMEOUT_MS)
    .default(600_000),
};

type Bounds = z.output<z.ZodObject<typeof shape>>;

/** Pairs of which the first must not be above the second. */
const NOT_ABOVE = [
  ['headersTimeoutMs', 'requestTimeoutMs'],
  ['maxRecordsPerRequest', 'maxRecordsInFlight'],
  ['maxBodyBytes', 'maxBytesInFlight'],
  ['maxDecompressedBytes', 'maxBytesInFlight'],
] as const satisfies readonly (readonly [keyof Bounds, keyof Bounds])[];

function refuseContradictions(options: Bounds, issues: z.RefinementCtx): void {
  for (const [smaller, larger] of NOT_ABOVE) {
    if (options[smaller] <= options[larger]) continue;
    const message = `expected at most ${larger}, that is ${options[larger]}`;
    issues.addIssue({ code: 'custom', path: [smaller], message });
  }
  if (options.healthPath === options.path) {
    issues.addIssue({ code: 'custom', path: ['healthPath'], message: 'expected another path than path' });
  }
}

/** Describes the options of `httpText`. */
export const httpTextOptions = z.strictObject(shape).superRefine(refuseContradictions);

/** Describes the options of `httpRecords`. */
export const httpRecordsOptions = z
  .strictObject({
    ...shape,
    /** What a malformed line of NDJSON does: the whole request is refused, or the line is left out. */
    onMalformed: z.enum(['refuse', 'skip']).default('refuse'),
  })
  .superRefine(refuseContradictions);

/** What an application writes for `httpText`. */
export type HttpTextInput = z.input<typeof httpTextOptions>;

/** What an application writes for `httpRecords`. */
export type HttpRecordsInput = z.input<typeof httpRecordsOptions>;

/** The options of `httpText`, and those that both have, with every default filled in. */
export type HttpOptions = z.output<typeof httpTextOptions>;

/** The options of `httpRecords` with every default filled in. */
export type HttpRecordsOptions = z.output<typeof httpRecordsOptions>;

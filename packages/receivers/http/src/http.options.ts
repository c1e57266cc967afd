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
const bearerToken = z
  .string()
  .min(16, 'expected at least 16 characters: a shorter token can be guessed')
  .regex(/^[\w.~+/-]+=*$/, 'expected letters, digits and -._~+/ only');
const origin = z
  .string()
  .regex(
    /^(null|[a-z][a-z\d+.-]*:\/\/[^\s/?#]+)$/i,
    'expected an origin, for instance https://app.example.com',
  );
const hostName = z.string().regex(/^[^\s/:@[\]]+$/, 'expected a name without a port');

const tls = z.strictObject({
  /** The certificate chain, PEM; a path on the host of the executor. */
  certFile: z.string().min(1),
  /** Its private key, PEM. */
  keyFile: z.string().min(1),
  /** Passphrase of an encrypted key. Secret. */
  passphrase: z.string().min(1).optional(),
  /** Certificates, PEM, that clients must be signed by. Default: clients need no certificate. */
  clientCaFile: z.string().min(1).optional(),
});

const shape = {
  /** Name or address to listen on. Default: this machine only. */
  host: z.string().min(1).default('127.0.0.1'),
  /** TCP port; 0: any free one. */
  port: z.int().min(0).max(65_535),
  /** Path that takes records. */
  path: path.default('/'),
  /** Answers GET with the state of the receiver, to anybody. Default: there is no such path. */
  healthPath: path.optional(),
  /** A separate port that only answers `healthPath`, without TLS; 0: any free port. */
  healthPort: z.int().min(0).max(65_535).optional(),
  /** Bearer tokens of at least 16 characters; a request needs one of them. Secret. Default: no token is needed. */
  bearerTokens: z.array(bearerToken).max(100).default([]),
  /** Refuses options without a token, for instance after an unset environment variable. */
  requireTokens: z.boolean().default(false),
  /** Origins of web pages that may send. Default: none. */
  allowedOrigins: z.array(origin).max(100).default([]),
  /** Further host names that a request on loopback may name. */
  allowedHosts: z.array(hostName).max(100).default([]),
  /** HTTPS instead of HTTP. */
  tls: tls.optional(),

  /** The largest body, as it is sent, in bytes. */
  maxBodyBytes: z
    .int()
    .min(1)
    .max(64 * MIB)
    .default(4 * MIB),
  /** The largest body after decompression, in bytes. Default: `maxBodyBytes`. */
  maxDecompressedBytes: z
    .int()
    .min(1)
    .max(256 * MIB)
    .optional(),
  /** Largest ratio of decompressed to sent size, from 64 KiB on. Default: only the size is bounded. */
  maxCompressionRatio: z.int().min(1).max(100_000).optional(),
  /** The most records of one request. */
  maxRecordsPerRequest: z.int().min(1).max(RECORDS_IN_FLIGHT_MAX).default(10_000),
  /** The largest record, in bytes. */
  maxRecordBytes: z
    .int()
    .min(1)
    .max(64 * MIB)
    .default(MIB),

  /** The most connections. A further connection replaces one without a request, or is closed at once. */
  maxConnections: z.int().min(1).max(1_000_000).default(1_000),
  /** The most connections from one address. Clients behind one proxy share an address. */
  maxConnectionsPerAddress: z.int().min(1).max(1_000_000).default(500),
  /** The most requests that are read, stored or waiting for their answer. */
  maxConcurrentRequests: z.int().min(1).max(100_000).default(256),
  /**
   * The most memory of requests until they are stored, in bytes: bodies and parsed records together. Default: an eighth of
   * the heap, at most 64 MiB and at least the largest body.
   */
  maxBytesInFlight: z
    .int()
    .min(1)
    .max(4_096 * MIB)
    .optional(),
  /** The most records that are not known to be durable yet. */
  maxRecordsInFlight: z.int().min(1).max(RECORDS_IN_FLIGHT_MAX).default(200_000),

  /** Time that a request waits to be stored while the engine takes no more, in milliseconds. */
  storeWaitMs: timeoutMs.default(2_000),
  /** Time that a request waits for its answer after it was read, in milliseconds. */
  answerTimeoutMs: timeoutMs.default(60_000),
  /** Value of `Retry-After`, in seconds. */
  retryAfterSeconds: z.int().min(1).max(3_600).default(2),
  /** Time for the headers of a request, in milliseconds. */
  headersTimeoutMs: timeoutMs.default(10_000),
  /** Time for a whole request to come in, and for its answer to be read, in milliseconds. */
  requestTimeoutMs: timeoutMs.default(30_000),
  /** Time of a connection without its first request, in milliseconds. */
  firstRequestTimeoutMs: timeoutMs.default(10_000),
  /** Idle time of a connection between requests, in milliseconds. The default is longer than the 60 s of most proxies. */
  idleTimeoutMs: timeoutMs.default(75_000),

  /** Number of remembered idempotency keys; the oldest is forgotten first. */
  idempotencyMaxKeys: z.int().min(0).max(1_000_000).default(10_000),
  /** Time that an idempotency key is remembered, in milliseconds. */
  idempotencyTtlMs: z
    .int()
    .min(1)
    .max(24 * MAX_TIMEOUT_MS)
    .default(600_000),
};

type Shared = z.ZodObject<typeof shape>;
type Bounds = z.output<Shared>;

/** Pairs of which the first must not be above the second. */
const NOT_ABOVE = [
  ['headersTimeoutMs', 'requestTimeoutMs'],
  ['maxRecordsPerRequest', 'maxRecordsInFlight'],
  ['maxBodyBytes', 'maxBytesInFlight'],
  ['maxDecompressedBytes', 'maxBytesInFlight'],
] as const satisfies readonly (readonly [keyof Bounds, keyof Bounds])[];

function refuseContradictions(options: Bounds, issues: z.RefinementCtx): void {
  const refuse = (path: keyof Bounds, message: string): void =>
    issues.addIssue({ code: 'custom', path: [path], message });
  for (const [smaller, larger] of NOT_ABOVE) {
    const [value = 0, bound = Infinity] = [options[smaller], options[larger]];
    if (value > bound) refuse(smaller, `expected at most ${larger}, that is ${bound}`);
  }
  const { path: recordsPath, healthPath, healthPort, port, requireTokens, bearerTokens } = options;
  if (healthPath === recordsPath) refuse('healthPath', 'expected another path than path');
  if (healthPort !== undefined) {
    if (healthPath === undefined) refuse('healthPath', 'expected a path, because healthPort is set');
    if (healthPort === port && port !== 0) refuse('healthPort', 'expected another port than port');
  }
  if (requireTokens && bearerTokens.length === 0) {
    refuse('bearerTokens', 'expected at least one token, because requireTokens is set');
  }
}

/** Refuses an explicit `undefined`, which mostly comes from an unset environment variable. */
function refuseUnsetTokens(input: unknown, issues: z.RefinementCtx): unknown {
  const isUnset =
    typeof input === 'object' &&
    input !== null &&
    Object.hasOwn(input, 'bearerTokens') &&
    (input as { readonly bearerTokens?: unknown }).bearerTokens === undefined;
  if (isUnset) {
    const message = 'expected a list of tokens, got undefined; leave the option out to let anybody send';
    issues.addIssue({ code: 'custom', path: ['bearerTokens'], message });
  }
  return input;
}

/** Keeps the input type of the schema, which `preprocess` drops. */
function optionsOf<S extends z.ZodType>(schema: S): z.ZodType<z.output<S>, z.input<S>> {
  return z.preprocess(refuseUnsetTokens, schema) as unknown as z.ZodType<z.output<S>, z.input<S>>;
}

/** Describes the options of `httpText`. */
export const httpTextOptions = optionsOf(z.strictObject(shape).superRefine(refuseContradictions));

/** Describes the options of `httpRecords`. */
export const httpRecordsOptions = optionsOf(
  z
    .strictObject({
      ...shape,
      /** Reaction to a malformed line of NDJSON: refuse the request, or leave the line out. */
      onMalformed: z.enum(['refuse', 'skip']).default('refuse'),
      /**
       * Reaction to a number that a double cannot hold: an integer from 2^53 on that would change, or a number like 1e400.
       * `exact` refuses the record, `double` takes the nearest double, `bigint` takes such integers as bigints.
       */
      numbers: z.enum(['exact', 'double', 'bigint']).default('exact'),
    })
    .superRefine(refuseContradictions),
);

/** Input of `httpRecords`. */
export type HttpRecordsInput = z.input<typeof httpRecordsOptions>;

/** The options of `httpText`, and those that both have, with every default filled in. */
export type HttpOptions = z.output<typeof httpTextOptions>;

/** The options of `httpRecords` with every default filled in. */
export type HttpRecordsOptions = z.output<typeof httpRecordsOptions>;

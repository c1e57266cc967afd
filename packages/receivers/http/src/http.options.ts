// The options of `httpRecords` and `httpText`: one schema is the source of the types, the defaults and the table in the
// README. Every bound of this receiver is here. Bounds that contradict each other are refused, because requests that
// fit one and can never fit the other would be sent again for ever.
import { z } from 'zod';
import { isRecordSchema, type RecordSchema, validateBy } from './validating/record-schema.ts';

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
  /** Path of the certificate chain, PEM, on the host of the executor. */
  certFile: z.string().min(1),
  /** Path of the private key of the certificate, PEM. */
  keyFile: z.string().min(1),
  /** Passphrase of an encrypted key. Secret. */
  passphrase: z.string().min(1).optional(),
  /**
   * Path of the certificates, PEM, of the authorities that sign the certificates of clients; a client without such a
   * certificate is refused. Default: clients need no certificate.
   */
  clientCaFile: z.string().min(1).optional(),
});

const shape = {
  /** Name or address to listen on; `127.0.0.1` is reachable from this machine only. */
  host: z.string().min(1).default('127.0.0.1'),
  /** TCP port; 0: any free port, published at the start of listening. */
  port: z.int().min(0).max(65_535),
  /** Path for posting records. The query of a request is ignored. */
  path: path.default('/'),
  /** Path that answers every `GET` with the state of the receiver, without authentication. */
  healthPath: path.optional(),
  /** A separate port, on `host` and without TLS, that only answers `healthPath`; 0: any free port. */
  healthPort: z.int().min(0).max(65_535).optional(),
  /**
   * Accepted bearer tokens, each of at least 16 characters; a request needs one of them. Secret. Several tokens allow a
   * change without a gap. `undefined`, the value of an unset variable, is refused. Default `[]`: no token is needed.
   */
  bearerTokens: z.array(bearerToken).max(100).default([]),
  /** True when options without a token are refused, for instance after an unset environment variable. */
  requireTokens: z.boolean().default(false),
  /**
   * Origins of web pages that may send requests and read answers, for instance `https://app.example.com`. Requests of
   * other pages are refused.
   */
  allowedOrigins: z.array(origin).max(100).default([]),
  /** Host names, without a port, that requests on loopback may name, besides those of this machine. */
  allowedHosts: z.array(hostName).max(100).default([]),
  /** HTTPS instead of HTTP. The PEM files are read at every start. */
  tls: tls.optional(),

  /** Largest body, as sent, in bytes. */
  maxBodyBytes: z
    .int()
    .min(1)
    .max(64 * MIB)
    .default(4 * MIB),
  /** Largest body after decompression, in bytes. Default `maxBodyBytes`. */
  maxDecompressedBytes: z
    .int()
    .min(1)
    .max(256 * MIB)
    .optional(),
  /**
   * Largest ratio of decompressed to sent size, from 64 KiB on. Without this option only the size is bounded,
   * because equal lines pack to any ratio.
   */
  maxCompressionRatio: z.int().min(1).max(100_000).optional(),
  /** Most records of one request. */
  maxRecordsPerRequest: z.int().min(1).max(RECORDS_IN_FLIGHT_MAX).default(10_000),
  /** Largest record, in bytes. */
  maxRecordBytes: z
    .int()
    .min(1)
    .max(64 * MIB)
    .default(MIB),

  /** Most connections. A further connection replaces one without a request, or is closed at once. */
  maxConnections: z.int().min(1).max(1_000_000).default(1_000),
  /**
   * Most connections from one address; a further connection is treated as with `maxConnections`. All clients behind one
   * proxy share an address.
   */
  maxConnectionsPerAddress: z.int().min(1).max(1_000_000).default(500),
  /**
   * Most requests being read, stored or waiting for an answer. A body in transfer for more than 5 s gives way to another
   * request.
   */
  maxConcurrentRequests: z.int().min(1).max(100_000).default(256),
  /**
   * Most memory of requests not yet stored, in bytes: bodies as received, decompressed and parsed together. Default: an
   * eighth of the heap, at most 64 MiB and at least the largest body.
   */
  maxBytesInFlight: z
    .int()
    .min(1)
    .max(4_096 * MIB)
    .optional(),
  /** Most records not yet known to be durable. */
  maxRecordsInFlight: z.int().min(1).max(RECORDS_IN_FLIGHT_MAX).default(200_000),

  /** Longest wait of a request for its turn to be stored under back-pressure, in ms. */
  storeWaitMs: timeoutMs.default(2_000),
  /** Longest wait of a request for its answer, from the end of reading, in ms. */
  answerTimeoutMs: timeoutMs.default(60_000),
  /** Value of `Retry-After`, the wait before a retry, in seconds. */
  retryAfterSeconds: z.int().min(1).max(3_600).default(2),
  /** Longest time for the head of a request, and for a TLS handshake, in ms; at most `requestTimeoutMs`. */
  headersTimeoutMs: timeoutMs.default(10_000),
  /** Longest time to receive a whole request, and for the client to read the answer, in ms. */
  requestTimeoutMs: timeoutMs.default(30_000),
  /** Longest time of a connection without its first request, in ms. */
  firstRequestTimeoutMs: timeoutMs.default(10_000),
  /**
   * Longest idle time of a connection after an answer, in ms. The default is longer than the 60 s of most
   * proxies, so that proxies close first.
   */
  idleTimeoutMs: timeoutMs.default(75_000),

  /** Number of remembered idempotency keys; the oldest is forgotten first. */
  idempotencyMaxKeys: z.int().min(0).max(1_000_000).default(10_000),
  /** Lifetime of a remembered idempotency key, in ms. */
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
      /**
       * Only of `httpRecords`: reaction to a malformed line of NDJSON. `refuse` refuses the request, `skip` leaves the
       * line out and counts the line in the answer.
       */
      onMalformed: z.enum(['refuse', 'skip']).default('refuse'),
      /**
       * Only of `httpRecords`: treatment of a number that a double cannot hold, an integer from 2^53 on that would
       * change or a number like 1e400. `exact` refuses the record, `double` takes the nearest double, `bigint` takes
       * such integers as bigints.
       */
      numbers: z.enum(['exact', 'double', 'bigint']).default('exact'),
      /**
       * Only of `httpRecords`: a schema of any library with Standard Schema (zod, valibot, arktype, …) that every record must
       * match. The output of the schema is stored, with its defaults and transformations. Default: no schema, every record is
       * stored.
       */
      validate: z
        .custom<RecordSchema>(isRecordSchema, 'expected a schema with the interface of Standard Schema')
        .meta({ title: 'schema' })
        .transform(validateBy)
        .optional(),
      /**
       * Only of `httpRecords`, with `validate`: reaction to a request with invalid records. `refuse` refuses the request and
       * stores nothing, `partial` stores the valid records and answers 207 with the others.
       */
      onInvalid: z.enum(['refuse', 'partial']).default('refuse'),
    })
    .superRefine((options, issues) => {
      refuseContradictions(options, issues);
      if (options.onInvalid === 'refuse' || options.validate !== undefined) return;
      const message = "expected 'refuse', because validate is not set";
      issues.addIssue({ code: 'custom', path: ['onInvalid'], message });
    }),
);

/** Input of `httpRecords`. */
export type HttpRecordsInput = z.input<typeof httpRecordsOptions>;

/** The options of `httpText`, and those that both have, with every default filled in. */
export type HttpOptions = z.output<typeof httpTextOptions>;

/** The options of `httpRecords` with every default filled in. */
export type HttpRecordsOptions = z.output<typeof httpRecordsOptions>;

// The options: one schema is the source of the types and the defaults. A published option keeps its name and its
// meaning; test/published-options.ts records the options of earlier versions.
import { z } from 'zod';

/** The largest window; `maxInFlight` of the capabilities. */
export const MAX_IN_FLIGHT = 10_000;

const word = z.string().regex(/^\S+$/, 'expected a text without blanks');

/** Describes the options of `sampleQueue`. */
export const sampleQueueOptions = z.strictObject({
  /** Host name or address of the queue. */
  host: z.string().min(1),
  /** TCP port. */
  port: z.int().min(1).max(65_535),
  /** Name of the queue. */
  queue: word,
  /** The token for access to the queue. Secret. Default: no token. */
  token: word.optional(),
  /** The most unacknowledged messages in flight. */
  window: z.int().min(1).max(MAX_IN_FLIGHT).default(1_000),
  /** The longest accepted message, in bytes. Bounds the memory of an unfinished message. */
  maxMessageBytes: z.int().min(1).max(67_108_864).default(1_048_576),
});

/** The options as an application passes them. */
export type SampleQueueInput = z.input<typeof sampleQueueOptions>;

/** The options with every default filled in. */
export type SampleQueueOptions = z.output<typeof sampleQueueOptions>;

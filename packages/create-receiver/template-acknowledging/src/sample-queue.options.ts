// The options: one schema is the source of the types and the defaults. Once published, an option keeps its name and its
// meaning; test/published-options.ts holds what earlier versions took.
import { z } from 'zod';

/** The largest window; `maxInFlight` of the capabilities. */
export const MAX_IN_FLIGHT = 10_000;

const word = z.string().regex(/^\S+$/, 'expected a text without blanks');

/** Describes the options of `sampleQueue`. */
export const sampleQueueOptions = z.strictObject({
  /** Where the queue is. */
  host: z.string().min(1),
  /** TCP port. */
  port: z.int().min(1).max(65_535),
  /** Which queue to take messages from. */
  queue: word,
  /** Opens the queue. Secret. Default: it is open. */
  token: word.optional(),
  /** How many messages may be on their way, sent and not acknowledged. */
  window: z.int().min(1).max(MAX_IN_FLIGHT).default(1_000),
  /** The longest message that is kept, in bytes. Bounds what is held of an unfinished message. */
  maxMessageBytes: z.int().min(1).max(67_108_864).default(1_048_576),
});

/** What an application writes. */
export type SampleQueueInput = z.input<typeof sampleQueueOptions>;

/** The options with every default filled in. */
export type SampleQueueOptions = z.output<typeof sampleQueueOptions>;

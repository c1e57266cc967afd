// The options: one schema is the source of the types and the defaults. A published option keeps its name and its
// meaning; test/published-options.ts records the options of earlier versions.
import { z } from 'zod';

/** Describes the options of `sampleFeed`. */
export const sampleFeedOptions = z.strictObject({
  /** Address of the feed. */
  url: z.url({ protocol: /^https?$/ }),
  /** The longest accepted line, in bytes. Bounds the memory of an unfinished line. */
  maxLineBytes: z.int().min(1).max(67_108_864).default(1_048_576),
});

/** The options as an application passes them. */
export type SampleFeedInput = z.input<typeof sampleFeedOptions>;

/** The options with every default filled in. */
export type SampleFeedOptions = z.output<typeof sampleFeedOptions>;

// The options: one schema is the source of the types and the defaults. Once published, an option keeps its name and its
// meaning; test/published-options.ts holds what earlier versions took.
import { z } from 'zod';

/** Describes the options of `sampleFeed`. */
export const sampleFeedOptions = z.strictObject({
  /** Where the feed is. */
  url: z.url({ protocol: /^https?$/ }),
  /** The longest line that is kept, in bytes. Bounds what is held of an unfinished line. */
  maxLineBytes: z.int().min(1).max(67_108_864).default(1_048_576),
});

/** What an application writes. */
export type SampleFeedInput = z.input<typeof sampleFeedOptions>;

/** The options with every default filled in. */
export type SampleFeedOptions = z.output<typeof sampleFeedOptions>;

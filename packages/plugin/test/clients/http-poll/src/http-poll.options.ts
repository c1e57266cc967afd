// The options: one schema is the source of the types and the defaults.
import { z } from 'zod';

/** Describes the options of `httpPoll`. */
export const httpPollOptions = z.strictObject({
  /** Address of the API, `http` or `https`. */
  url: z.url(),
  /** The most records of one request. */
  limit: z.int().min(1).max(10_000).default(100),
  /** The pause after an answer without records, in milliseconds. */
  pollMs: z.int().min(1).max(3_600_000).default(1_000),
});

/** The options with every default filled in. */
export type HttpPollOptions = z.output<typeof httpPollOptions>;

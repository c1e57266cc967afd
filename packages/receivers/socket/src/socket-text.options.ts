// The options of `socketText`: one schema is the source of the types, the defaults and the table in the README.
import { z } from 'zod';

const MAX_TIMEOUT_MS = 3_600_000;
const MAX_LINE_BYTES = 64 * 1_024 * 1_024;

/** Describes the options of `socketText`. */
export const socketTextOptions = z.strictObject({
  /** Name or address of the host to connect to. */
  host: z.string().min(1),
  /** Its TCP port. */
  port: z.int().min(1).max(65_535),
  /** How the bytes become text. Lines are cut at the byte 10, which UTF-8 uses for nothing else. */
  encoding: z.literal('utf-8').default('utf-8'),
  /** The longest line that is kept, in bytes without its `\n`. Bounds what is held of an unfinished line. */
  maxLineBytes: z.int().min(1).max(MAX_LINE_BYTES).default(1_048_576),
  /** What a longer line does: it is left out, counted and reported, or it ends the receiver for good. */
  onLongLine: z.enum(['skip', 'stop']).default('skip'),
  /** What the end of the stream means: connect again after the restart delay, or the end of the input. */
  onEnd: z.enum(['restart', 'stop']).default('restart'),
  /** How long to wait for the connection, in milliseconds. */
  connectTimeoutMs: z.int().min(1).max(MAX_TIMEOUT_MS).default(10_000),
  /** After how many silent milliseconds the peer counts as gone; noticed within twice that time. 0: never. */
  idleTimeoutMs: z.int().min(0).max(MAX_TIMEOUT_MS).default(0),
});

/** What an application writes. */
export type SocketTextInput = z.input<typeof socketTextOptions>;

/** The options with every default filled in. */
export type SocketTextOptions = z.output<typeof socketTextOptions>;

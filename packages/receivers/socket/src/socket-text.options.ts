// The options of `socketText`: one schema is the source of the types, the defaults and the table in the README.
import { z } from 'zod';
import { MAX_RECORD_BYTES, socketConnectionOptions } from './socket-connection.options.ts';

/** Describes the options of `socketText`. */
export const socketTextOptions = socketConnectionOptions.extend({
  /** How the bytes become text. Lines are cut at the byte 10, which UTF-8 uses for nothing else. */
  encoding: z.literal('utf-8').default('utf-8'),
  /** The longest line that is kept, in bytes without its `\n`. Bounds what is held of an unfinished line. */
  maxLineBytes: z.int().min(1).max(MAX_RECORD_BYTES).default(1_048_576),
  /** What a longer line does: it is left out, counted and reported, or it ends the receiver for good. */
  onLongLine: z.enum(['skip', 'stop']).default('skip'),
});

/** What an application writes. */
export type SocketTextInput = z.input<typeof socketTextOptions>;

/** The options with every default filled in. */
export type SocketTextOptions = z.output<typeof socketTextOptions>;

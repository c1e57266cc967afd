// The options of `socketText`: one schema is the source of the types, the defaults and the table in the README.
import { z } from 'zod';
import { MAX_RECORD_BYTES, socketConnectionOptions } from './socket-connection.options.ts';

/** Describes the options of `socketText`. */
export const socketTextOptions = socketConnectionOptions.extend({
  /**
   * The encoding of the text; there is no other value. Bytes that are not UTF-8 become U+FFFD when a job reads the line.
   * A byte order mark is text. Lines are cut at the byte 10, which is part of no other character in UTF-8.
   */
  encoding: z.literal('utf-8').default('utf-8'),
  /** The longest accepted line, in bytes without its `\n`. Bounds the memory of an incomplete line. */
  maxLineBytes: z.int().min(1).max(MAX_RECORD_BYTES).default(1_048_576),
  /**
   * The reaction to a longer line. `skip`: the line is left out, counted and reported. `stop`: the receiver ends for
   * good.
   */
  onLongLine: z.enum(['skip', 'stop']).default('skip'),
});

/** The options in the form written by an application. */
export type SocketTextInput = z.input<typeof socketTextOptions>;

/** The options with every default filled in. */
export type SocketTextOptions = z.output<typeof socketTextOptions>;

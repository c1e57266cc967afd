// The options of `socketFrames`: one schema is the source of the types, the defaults and the table in the README.
import { z } from 'zod';
import { MAX_RECORD_BYTES, socketConnectionOptions } from './socket-connection.options.ts';

/** Describes the options of `socketFrames`. */
export const socketFramesOptions = socketConnectionOptions.extend({
  /** The longest frame that is kept, in bytes without its length. Bounds what is held of an unfinished frame. */
  maxFrameBytes: z.int().min(1).max(MAX_RECORD_BYTES).default(1_048_576),
  /**
   * What a longer frame does: it ends the receiver for good, because a length that is too large often means that the
   * peer speaks something else; or it is left out, counted and reported.
   */
  onLongFrame: z.enum(['skip', 'stop']).default('stop'),
});

/** What an application writes. */
export type SocketFramesInput = z.input<typeof socketFramesOptions>;

/** The options with every default filled in. */
export type SocketFramesOptions = z.output<typeof socketFramesOptions>;

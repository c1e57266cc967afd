// The options of `socketFrames`: one schema is the source of the types, the defaults and the table in the README.
import { z } from 'zod';
import { MAX_RECORD_BYTES, socketConnectionOptions } from './socket-connection.options.ts';

/** Describes the options of `socketFrames`. */
export const socketFramesOptions = socketConnectionOptions.extend({
  /** The longest accepted frame, in bytes without its length. Bounds the memory of an incomplete frame. */
  maxFrameBytes: z.int().min(1).max(MAX_RECORD_BYTES).default(1_048_576),
  /**
   * The reaction to a longer frame. `stop`: the receiver ends for good, because a too large length often means that the
   * peer uses another protocol. `skip`: the frame is left out, counted and reported.
   */
  onLongFrame: z.enum(['skip', 'stop']).default('stop'),
});

/** The options in the form written by an application. */
export type SocketFramesInput = z.input<typeof socketFramesOptions>;

/** The options with every default filled in. */
export type SocketFramesOptions = z.output<typeof socketFramesOptions>;

// How the bytes of a connection become records. What reads the connection knows nothing of lines or frames: it hands
// bytes to a decoder, stores the pieces that come out, and tells of what was cut off.
import type { ReceiverContext } from '@millrace/core';

/** Turns the bytes of one connection into pieces that can be stored. */
export interface SocketDecoder<P> {
  /** Takes bytes; gives what is complete with them. */
  push(chunk: Buffer): readonly P[];
  /** The peer ended the stream: gives what is complete by that. */
  end(): readonly P[];
  /** Bytes of what is not complete yet. */
  readonly heldBytes: number;
  /** Stores a piece. False: nothing more is welcome until `ready()`. An error ends the receiver for good. */
  store(piece: P): boolean | Error;
  /** The error that tells what is held was cut off, with a code. */
  unfinished(address: string): Error;
  /** The connection is over: tells what was left out and has not been told yet. */
  flush(): void;
}

/** Makes the decoder of one connection. */
export type MakeDecoder<T, P> = (context: ReceiverContext<T>, address: string) => SocketDecoder<P>;

// The conversion of a connection's bytes to records. The reader of the connection knows neither lines nor frames: the
// reader passes bytes to a decoder, stores the resulting pieces, and reports an incomplete rest.
import type { ReceiverContext } from '@millrace/core';

/** Turns the bytes of one connection into pieces that can be stored. */
export interface SocketDecoder<P> {
  /** Takes bytes; returns the completed pieces. */
  push(chunk: Buffer): readonly P[];
  /** Ends the stream: returns the pieces that the end completes. */
  end(): readonly P[];
  /** The number of bytes of an incomplete piece. */
  readonly heldBytes: number;
  /** The number of pieces that were left out because they are too long. */
  readonly skippedPieces: number;
  /** Stores a piece. False: no further piece before `ready()`. An error ends the receiver for good. */
  store(piece: P): boolean | Error;
  /** The error for an incomplete rest, with a code. */
  unfinished(address: string): Error;
  /** Ends the connection: reports the unreported omissions. */
  flush(): void;
}

/** Makes the decoder of one connection. */
export type MakeDecoder<T, P> = (context: ReceiverContext<T>, address: string) => SocketDecoder<P>;

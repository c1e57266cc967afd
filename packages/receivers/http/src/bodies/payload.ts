// The parsed content of a body: checked records or lines, ready to be stored. A payload is made as a whole or not at
// all, which makes a request all or nothing: nothing is stored while a mistake may still be found. Storing proceeds
// piece by piece, because the engine may request a wait after each piece.
import type { AckToken, ReceiverContext, TextLines } from '@millrace/core';
import type { RejectedRecord } from '../validating/rejected-record.ts';
import type { ParsingRoom } from './parsing-room.ts';

/** The part of a receiver's context that stores. */
export type PieceStore = Pick<ReceiverContext<unknown>, 'store' | 'storeText'>;

/** The content of one request. */
export interface Payload {
  /** Records that will be stored. */
  readonly recordCount: number;
  /** Malformed records that were left out. */
  readonly skippedCount: number;
  /** Records that the schema refused; the other records are stored. */
  readonly rejected: readonly RejectedRecord[];
  /** The number of calls for storing; each call has a token of its own. */
  readonly pieceCount: number;
  /** Stores one piece and returns the engine's answer: false requests a wait before the next piece. */
  storePiece(store: PieceStore, index: number, token: AckToken): boolean;
}

/**
 * Parses a body record by record and rejects with the first error. Before the call the room has counted the body; after the
 * call the room has counted the payload instead.
 */
export type BodyParser = (body: Buffer, room: ParsingRoom) => Promise<Payload>;

/**
 * A payload of parsed records: a piece is a record.
 *
 * @param sizes Memory of each record, in bytes.
 */
export function recordsPayload(
  records: readonly unknown[],
  {
    skippedCount = 0,
    sizes = [],
    rejected = [],
  }: {
    readonly skippedCount?: number;
    readonly sizes?: readonly number[];
    readonly rejected?: readonly RejectedRecord[];
  } = {},
): Payload {
  return {
    recordCount: records.length,
    skippedCount,
    rejected,
    pieceCount: records.length,
    storePiece: (store, index, token) => store.store(records[index], token, sizes[index]),
  };
}

/** A payload of lines that stay bytes: a piece is a run of lines. */
export function textPayload(runs: readonly TextLines[]): Payload {
  return {
    recordCount: runs.reduce((sum, { lineCount }) => sum + lineCount, 0),
    skippedCount: 0,
    rejected: [],
    pieceCount: runs.length,
    storePiece: (store, index, token) => {
      const run = runs[index];
      if (run === undefined) throw new RangeError(`expected a piece below ${runs.length}, got ${index}`);
      return store.storeText(run.bytes, run.lineCount, token);
    },
  };
}

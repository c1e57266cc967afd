// The position of a record of a stream, and the meaning of ranges between positions. A position names the run to which its
// record belongs: a run is one uninterrupted reading of one stream. A run begins at the start of the program's stream, at a gap,
// and in a stream that was made anew under the same name.
//
//   run 1 (from 1)                    gap       run 2 (from 500)
//   1 ──── 99   100 ──── 180                    500 ──── 560
//   └ {to: 99}  └ {from: 99, to: 180}           └ {from: 180, to: 560}: all records since the beginning of run 2
import type { SourceRange } from '@millrace/core';
import { natsError } from '../nats-errors.ts';

/** One uninterrupted reading of a stream. */
export interface StreamRun {
  /** The time at which the stream was made, which differs for a stream that was made anew. */
  readonly created: string;
  /** The sequence from which the run reads. */
  readonly first: number;
}

/** The position right behind one record. */
export interface StreamPosition {
  readonly sequence: number;
  readonly run: StreamRun;
}

/** The sequences of a range, both included. */
export interface SequenceRange {
  readonly created: string;
  readonly first: number;
  readonly last: number;
}

/**
 * A position that the engine has kept.
 *
 * @throws `MR_NATS_POSITION_UNKNOWN` for anything else.
 */
export function keptPosition(value: unknown): StreamPosition {
  const { sequence, run } = (value ?? {}) as Partial<Record<keyof StreamPosition, unknown>>;
  const { created, first } = (run ?? {}) as Partial<Record<keyof StreamRun, unknown>>;
  if (isSequence(sequence) && isSequence(first) && typeof created === 'string')
    return { sequence, run: { created, first } };
  throw natsError(
    'MR_NATS_POSITION_UNKNOWN',
    'expected a position of jetstreamStream as the place to go on from; another receiver had this place in the program',
  );
}

/** The sequences of a range. @throws `MR_NATS_POSITION_UNKNOWN` */
export function sequencesOf({ from, to }: SourceRange): SequenceRange {
  const last = keptPosition(to);
  const before = from === undefined ? undefined : keptPosition(from);
  const isSameRun = before?.run.created === last.run.created && before.run.first === last.run.first;
  const first = isSameRun ? before.sequence + 1 : last.run.first;
  return { created: last.run.created, first, last: last.sequence };
}

function isSequence(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}

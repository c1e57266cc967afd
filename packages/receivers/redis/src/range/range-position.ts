// The position of an entry of a stream, and the meaning of ranges between positions. A position names the run to which its entry
// belongs: a run is one uninterrupted reading of one stream. A run begins at the start of the stream in the program, and at a gap.
//
//   run 1 (behind 0-0)                gap       run 2 (behind 180-0)
//   1-0 ──── 99-0   100-0 ──── 180-0            500-0 ──── 560-0
//   └ {to: 99-0}    └ {from: 99-0, to: 180-0}   └ {from: 180-0, to: 560-0}: all entries since the beginning of run 2
import type { SourceRange } from '@millrace/core';
import { isEntryId } from '../connection/entry-id.ts';
import { redisError } from '../redis-errors.ts';

/** One uninterrupted reading of a stream. */
export interface RedisRun {
  /** The id behind which the run begins. */
  readonly behind: string;
  /** Differs between runs that begin behind the same id. */
  readonly number: number;
}

/** The position right behind one entry. */
export interface RedisPosition {
  readonly id: string;
  /** The number of entries of the run up to this one. */
  readonly count: number;
  /** The number of entries that were ever written to the stream up to this one; null when unknown. */
  readonly written: number | null;
  readonly run: RedisRun;
}

/** The entries of a range. */
export interface EntryRange {
  readonly behind: string;
  readonly to: string;
  /** The number of entries. */
  readonly count: number;
}

/**
 * A position that the engine has kept.
 *
 * @throws `MR_REDIS_POSITION_UNKNOWN` for anything else.
 */
export function keptPosition(value: unknown): RedisPosition {
  const { id, count, written, run } = (value ?? {}) as Partial<Record<keyof RedisPosition, unknown>>;
  const { behind, number } = (run ?? {}) as Partial<Record<keyof RedisRun, unknown>>;
  const isPlace = isEntryId(id) && isCount(count) && (written === null || isCount(written));
  if (isPlace && isEntryId(behind) && isCount(number)) return { id, count, written, run: { behind, number } };
  throw redisError(
    'MR_REDIS_POSITION_UNKNOWN',
    'expected a position of redisStreamRange as the place to go on from; another receiver had this place in the program',
  );
}

/** The entries of a range. @throws `MR_REDIS_POSITION_UNKNOWN` */
export function entriesBetween({ from, to }: SourceRange): EntryRange {
  const last = keptPosition(to);
  const before = from === undefined ? undefined : keptPosition(from);
  const isSameRun = before?.run.behind === last.run.behind && before.run.number === last.run.number;
  return isSameRun
    ? { behind: before.id, to: last.id, count: last.count - before.count }
    : { behind: last.run.behind, to: last.id, count: last.count };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

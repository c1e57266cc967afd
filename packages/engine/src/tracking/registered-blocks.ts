// The registered blocks of a stream, in little memory and without a time limit. A block's name ends in a sequence
// number, and a receiver registers its blocks in order. The registered blocks of an attempt are therefore one range of
// numbers, or a few when some were given up. A repetition is recognised for as long as the attempt is known, also after
// the block was allocated and cleaned (BLK-1), and a million blocks cost as much as one.
//
// Only an attempt that this driver began is known from its first block on, and only such an attempt may register more.
// For an attempt of an earlier driver, the log has at most the latest blocks, because the log is cleaned. Any other
// block of that attempt may have been in a batch, and is therefore unknowable (ADR 0022).
import type { BlockId } from '@millrace/core';

/** `unknowable`: the attempt is of an earlier driver, was forgotten, or had more ranges than are kept. */
export type Registration = 'registered' | 'unregistered' | 'unknowable';

/** The bounds of memory per stream. */
export interface RegisteredBlocksBounds {
  /** Attempts; the oldest is forgotten first. */
  readonly maxAttempts: number;
  /** Ranges of an attempt; the lowest is dropped first, and everything up to its end becomes `unknowable`. */
  readonly maxRanges: number;
}

/** Numbers from `first` to `last`, both included. */
interface Range {
  first: number;
  last: number;
}

/** Ascending ranges with gaps in between; every other number up to `horizon` is unknowable. */
interface Attempt {
  readonly name: string;
  readonly ranges: Range[];
  horizon: number;
}

/** The registered blocks of one stream. */
export class RegisteredBlocks {
  readonly #bounds: RegisteredBlocksBounds;
  /** In the order of their beginning. */
  readonly #attempts = new Map<string, Attempt>();
  /** The attempt at the end: nearly every block belongs to it. */
  #latest: Attempt | undefined;

  constructor(bounds: RegisteredBlocksBounds) {
    this.#bounds = bounds;
  }

  /** Begins an attempt: all blocks of this name, up to the last dash, are still to come. */
  begin(name: string): void {
    this.#keep({ name, ranges: [], horizon: Number.NEGATIVE_INFINITY });
  }

  /** Looks a block up. */
  look(id: BlockId): Registration {
    const nameEnd = attemptNameEnd(id);
    const attempt = this.#attemptOf(id, nameEnd);
    if (attempt === undefined) return 'unknowable';
    const sequence = sequenceOf(id, nameEnd);
    const newest = attempt.ranges.at(-1);
    // Most blocks come after all ranges.
    const isBehind = newest === undefined || newest.last < sequence;
    if (!isBehind && attempt.ranges.some(({ first, last }) => first <= sequence && sequence <= last))
      return 'registered';
    return sequence <= attempt.horizon ? 'unknowable' : 'unregistered';
  }

  /** Remembers a block that is not registered. An attempt without a call of `begin` belongs to an earlier driver. */
  add(id: BlockId): void {
    const nameEnd = attemptNameEnd(id);
    const attempt = this.#attemptOf(id, nameEnd) ?? this.#keep(earlierAttempt(id.slice(0, nameEnd)));
    const sequence = sequenceOf(id, nameEnd);
    const newest = attempt.ranges.at(-1);
    // Most blocks are the next of their attempt.
    if (newest !== undefined && newest.last + 1 === sequence) newest.last = sequence;
    else insert(attempt.ranges, sequence);
    if (attempt.ranges.length > this.#bounds.maxRanges) forgetLowest(attempt);
  }

  #attemptOf(id: BlockId, nameEnd: number): Attempt | undefined {
    const latest = this.#latest;
    if (latest !== undefined && latest.name.length === nameEnd && id.startsWith(latest.name)) return latest;
    return this.#attempts.get(id.slice(0, nameEnd));
  }

  #keep(attempt: Attempt): Attempt {
    this.#latest = attempt;
    this.#attempts.set(attempt.name, attempt);
    if (this.#attempts.size > this.#bounds.maxAttempts) this.#forgetOldestAttempt();
    return attempt;
  }

  #forgetOldestAttempt(): void {
    const oldest = this.#attempts.keys().next();
    if (!oldest.done) this.#attempts.delete(oldest.value);
  }
}

function earlierAttempt(name: string): Attempt {
  return { name, ranges: [], horizon: Number.POSITIVE_INFINITY };
}

const ZERO = 48;
const NINE = 57;

/** Numbers with this many digits are exact. */
const DIGITS_MAX = 15;

/**
 * The end of the attempt's name in `input-<stream>-<attempt>-<sequence>`: the last dash. The end of the whole name when
 * no number follows a dash; the name then stands for itself.
 */
function attemptNameEnd(id: BlockId): number {
  const dash = id.lastIndexOf('-');
  const digits = id.length - dash - 1;
  if (dash < 1 || digits < 1 || digits > DIGITS_MAX) return id.length;
  if (digits > 1 && id.charCodeAt(dash + 1) === ZERO) return id.length;
  for (let at = dash + 1; at < id.length; at += 1) {
    const code = id.charCodeAt(at);
    if (code < ZERO || code > NINE) return id.length;
  }
  return dash;
}

/** The number after the attempt's name; -1 without one. */
function sequenceOf(id: BlockId, nameEnd: number): number {
  if (nameEnd === id.length) return -1;
  let sequence = 0;
  for (let at = nameEnd + 1; at < id.length; at += 1) sequence = 10 * sequence + id.charCodeAt(at) - ZERO;
  return sequence;
}

/**
 * Adds a number that is in no range: the number extends a neighbour, joins two ranges, or becomes a range of its own.
 */
function insert(ranges: Range[], sequence: number): void {
  const after = ranges.findLastIndex((range) => range.last < sequence) + 1;
  const lower = ranges[after - 1];
  const upper = ranges[after];
  const meetsLower = lower !== undefined && lower.last + 1 === sequence;
  const meetsUpper = upper !== undefined && upper.first - 1 === sequence;
  if (meetsLower && meetsUpper) {
    lower.last = upper.last;
    ranges.splice(after, 1);
  } else if (meetsLower) lower.last = sequence;
  else if (meetsUpper) upper.first = sequence;
  else ranges.splice(after, 0, { first: sequence, last: sequence });
}

function forgetLowest(attempt: Attempt): void {
  const lowest = attempt.ranges.shift();
  if (lowest !== undefined) attempt.horizon = Math.max(attempt.horizon, lowest.last);
}

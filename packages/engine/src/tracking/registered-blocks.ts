// Which blocks of a stream have been registered, in little memory and without a time limit. A block's name ends in a
// sequence number, and a receiver registers its blocks in order; so what an attempt has registered is one range of
// numbers, or a few when some were given up. Repetition is then recognised for as long as the attempt is known, also
// after the block was allocated and cleaned (BLK-1), and a million blocks cost as much as one.
import type { BlockId } from '@millrace/core';

/** `unknowable`: too old to tell, because the ranges of its attempt were more than are kept. */
export type Registration = 'registered' | 'unregistered' | 'unknowable';

/** How much is remembered per stream. */
export interface RegisteredBlocksBounds {
  /** Attempts; the one that registered nothing for the longest time is forgotten first. */
  readonly maxAttempts: number;
  /** Ranges of an attempt; the lowest is given up first, and everything up to its end becomes `unknowable`. */
  readonly maxRanges: number;
}

/** Numbers from `first` to `last`, both included. */
interface Range {
  first: number;
  last: number;
}

/** Ascending ranges with gaps between them; everything up to `horizon` has been given up. */
interface Attempt {
  readonly ranges: Range[];
  horizon: number;
}

/** The registered blocks of one stream. */
export class RegisteredBlocks {
  readonly #bounds: RegisteredBlocksBounds;
  /** In the order of the last registration, the latest at the end. */
  readonly #attempts = new Map<string, Attempt>();

  constructor(bounds: RegisteredBlocksBounds) {
    this.#bounds = bounds;
  }

  /** Whether the block has been registered. A block of a forgotten attempt counts as unregistered. */
  look(id: BlockId): Registration {
    const { attemptName, sequence } = splitBlockId(id);
    const attempt = this.#attempts.get(attemptName);
    if (attempt === undefined) return 'unregistered';
    if (attempt.ranges.some((range) => range.first <= sequence && sequence <= range.last))
      return 'registered';
    return sequence <= attempt.horizon ? 'unknowable' : 'unregistered';
  }

  /** Remembers a block that `look` calls unregistered. */
  add(id: BlockId): void {
    const { attemptName, sequence } = splitBlockId(id);
    const attempt = this.#attempts.get(attemptName) ?? { ranges: [], horizon: Number.NEGATIVE_INFINITY };
    insert(attempt.ranges, sequence);
    if (attempt.ranges.length > this.#bounds.maxRanges) forgetLowest(attempt);
    this.#attempts.delete(attemptName);
    this.#attempts.set(attemptName, attempt);
    if (this.#attempts.size > this.#bounds.maxAttempts) this.#forgetOldestAttempt();
  }

  #forgetOldestAttempt(): void {
    const oldest = this.#attempts.keys().next();
    if (!oldest.done) this.#attempts.delete(oldest.value);
  }
}

/** Splits `input-<stream>-<attempt>-<sequence>` before the sequence. A name without one stands for itself. */
function splitBlockId(id: BlockId): { readonly attemptName: string; readonly sequence: number } {
  const match = /^(.+)-(0|[1-9]\d{0,14})$/.exec(id);
  return match === null
    ? { attemptName: id, sequence: -1 }
    : { attemptName: match[1] ?? id, sequence: Number(match[2]) };
}

/** Adds a number that is in no range: it lengthens a neighbour, joins two, or becomes a range of its own. */
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
  if (lowest !== undefined) attempt.horizon = lowest.last;
}

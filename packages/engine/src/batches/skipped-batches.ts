// Batch times that never become batches: a clock was set far forward, or nobody ran for long, and the program does not want
// the time in between. Driver and executors know the same ranges, so that both see the same batch before any other.
import type { BatchTime } from '@millrace/core';

/** Batch times in a row that were left out, both ends included. */
export interface SkippedRange {
  readonly from: BatchTime;
  readonly to: BatchTime;
}

/** The skipped batch times of one program. Ranges are few, so they are searched from the newest. */
export class SkippedBatches {
  /** Ascending and apart from each other. */
  #ranges: readonly SkippedRange[] = [];

  /** All ranges that are known, oldest first. */
  get ranges(): readonly SkippedRange[] {
    return this.#ranges;
  }

  /** Adds a range. One that is known, or that overlaps, is no error. */
  add(range: SkippedRange): void {
    const overlaps = (other: SkippedRange): boolean => other.from <= range.to && other.to >= range.from;
    if (this.#ranges.some((other) => other.from <= range.from && other.to >= range.to)) return;
    const joined = this.#ranges.filter(overlaps);
    const from = joined.reduce((least, other) => Math.min(least, other.from), range.from);
    const to = joined.reduce((most, other) => Math.max(most, other.to), range.to);
    const apart = this.#ranges.filter((other) => !overlaps(other));
    this.#ranges = [...apart, { from, to }].toSorted((a, b) => a.from - b.from);
  }

  /** The range that a time is in; undefined: it is not skipped. */
  rangeOf(time: BatchTime): SkippedRange | undefined {
    for (let index = this.#ranges.length - 1; index >= 0; index -= 1) {
      const range = this.#ranges[index] as SkippedRange;
      if (range.to < time) return undefined;
      if (range.from <= time) return range;
    }
    return undefined;
  }

  /** The first batch after this one. */
  after(time: BatchTime, batchIntervalMs: number): BatchTime {
    let next = time + batchIntervalMs;
    for (let range = this.rangeOf(next); range !== undefined; range = this.rangeOf(next))
      next = range.to + batchIntervalMs;
    return next;
  }

  /**
   * A threshold of batches that are forgotten, moved back to the begin of a skipped range that it lies in or close
   * behind: there is no batch in the range, and whoever comes close behind it still goes by what was before.
   */
  thresholdFor(threshold: BatchTime, marginMs: number): BatchTime {
    const range = this.#ranges.findLast(({ from, to }) => threshold > from && threshold <= to + marginMs);
    return range?.from ?? threshold;
  }

  /** The ranges that end at this time or later. */
  since(time: BatchTime): readonly SkippedRange[] {
    return this.#ranges.filter(({ to }) => to >= time);
  }

  /** Forgets the ranges that end before this time. */
  forgetBefore(time: BatchTime): void {
    if (this.#ranges.some(({ to }) => to < time)) this.#ranges = this.since(time);
  }
}

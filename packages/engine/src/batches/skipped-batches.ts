// Batch times that never become batches: a clock was set far forward, or no driver ran for long, and the program does
// not want the time in between. Driver and executors know the same ranges, so that both have the same previous batch
// for any batch.
import type { BatchTime } from '@millrace/core';

/** Consecutive batch times that were left out, both ends included. */
export interface SkippedRange {
  readonly from: BatchTime;
  readonly to: BatchTime;
}

/** The skipped batch times of one program. Ranges are few, so they are searched from the newest. */
export class SkippedBatches {
  /** Ascending and separate. */
  #ranges: readonly SkippedRange[] = [];

  /** All known ranges, oldest first. */
  get ranges(): readonly SkippedRange[] {
    return this.#ranges;
  }

  /** Adds a range. A known or overlapping range is no error. */
  add(range: SkippedRange): void {
    const overlaps = (other: SkippedRange): boolean => other.from <= range.to && other.to >= range.from;
    if (this.#ranges.some((other) => other.from <= range.from && other.to >= range.to)) return;
    const joined = this.#ranges.filter(overlaps);
    const from = joined.reduce((least, other) => Math.min(least, other.from), range.from);
    const to = joined.reduce((most, other) => Math.max(most, other.to), range.to);
    const apart = this.#ranges.filter((other) => !overlaps(other));
    this.#ranges = [...apart, { from, to }].toSorted((a, b) => a.from - b.from);
  }

  /** The range that contains a time; undefined for a time that is not skipped. */
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
   * A threshold of forgotten batches, moved back to the beginning of a skipped range that contains the threshold or
   * ends shortly before it. The range has no batch, so a batch shortly after it still reads the batches before the
   * range. Of several ranges in short succession the threshold moves back to the first one.
   */
  thresholdFor(threshold: BatchTime, marginMs: number): BatchTime {
    let moved = threshold;
    for (let index = this.#ranges.length - 1; index >= 0; index -= 1) {
      const { from, to } = this.#ranges[index] as SkippedRange;
      if (moved > from && moved <= to + marginMs) moved = from;
    }
    return moved;
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

// The batch times of a stream: every multiple of the slide after the zero time, without the skipped times.
import type { BatchTime } from '@millrace/core';
import type { SkippedBatches } from '../batches/skipped-batches.ts';
import { firstTimeFrom, isTimeOfSlide, lastTimeUpTo } from './batch-times.ts';

/** The times of one stream, from the start of its graph. */
export class StreamTimes {
  /** The time before the first batch. */
  readonly zeroTime: BatchTime;
  readonly #slideMs: number;
  readonly #skipped: SkippedBatches;

  constructor(zeroTime: BatchTime, slideMs: number, skipped: SkippedBatches) {
    this.zeroTime = zeroTime;
    this.#slideMs = slideMs;
    this.#skipped = skipped;
  }

  /** True for a time after the zero time, by a multiple of the slide, that is not skipped. */
  includes(time: BatchTime): boolean {
    return isTimeOfSlide(time, this.zeroTime, this.#slideMs) && this.#skipped.rangeOf(time) === undefined;
  }

  /** The first multiple of the slide from `time` on, skipped or not. */
  firstFrom(time: BatchTime): BatchTime {
    return firstTimeFrom(time, this.zeroTime, this.#slideMs);
  }

  /** The last multiple of the slide up to `time`, skipped or not; otherwise the zero time. */
  lastMultipleUpTo(time: BatchTime): BatchTime {
    return lastTimeUpTo(time, this.zeroTime, this.#slideMs);
  }

  /** The times from `from` to `to`, both included. */
  between(from: BatchTime, to: BatchTime): BatchTime[] {
    const times: BatchTime[] = [];
    for (let time = this.firstFrom(from); time <= to; time += this.#slideMs) {
      const range = this.#skipped.rangeOf(time);
      if (range === undefined) times.push(time);
      else time = this.lastMultipleUpTo(range.to);
    }
    return times;
  }

  /** The latest time that is not after `time`; otherwise the zero time. */
  lastUpTo(time: BatchTime): BatchTime {
    let last = this.lastMultipleUpTo(time);
    for (let range = this.#skipped.rangeOf(last); range !== undefined; range = this.#skipped.rangeOf(last))
      last = this.lastMultipleUpTo(range.from - 1);
    return last;
  }
}

// The checkpoints of the engine: the newest one, failures, and the usual distance.
import type { CheckpointInfo } from '@millrace/core/observation';
import type { ObservedCheckpoints } from '../schema/engine-state.ts';
import { cutText, MESSAGE_LENGTH_MAX } from '../text/cut-text.ts';
import { messageWithCauses } from '../text/error-message.ts';
import { DurationHistogram } from './duration-histogram.ts';

/** The weight of the newest distance in the usual distance. */
const NEWEST_WEIGHT = 0.2;

/** Counts checkpoints. */
export class CheckpointTracker {
  readonly durations: DurationHistogram;
  #newest: Pick<ObservedCheckpoints, 'lastMs' | 'lastBatchTime' | 'durationMs' | 'sizeBytes'> = {};
  #newestMonotonicMs: number | undefined;
  #usualMs: number | undefined;
  #completed = 0;
  #failures = 0;
  #failuresInARow = 0;
  #lastError: string | undefined;

  constructor(buckets: readonly number[]) {
    this.durations = new DurationHistogram(buckets);
  }

  /** Takes a written checkpoint. */
  takeCompleted(
    checkpoint: CheckpointInfo,
    moment: { readonly timeMs: number; readonly monotonicMs: number },
  ): void {
    const { batchTime: lastBatchTime, durationMs, sizeBytes } = checkpoint;
    if (this.#newestMonotonicMs !== undefined) {
      const distanceMs = moment.monotonicMs - this.#newestMonotonicMs;
      this.#usualMs =
        this.#usualMs === undefined
          ? distanceMs
          : (1 - NEWEST_WEIGHT) * this.#usualMs + NEWEST_WEIGHT * distanceMs;
    }
    this.#newest = { lastMs: moment.timeMs, lastBatchTime, durationMs, sizeBytes };
    this.#newestMonotonicMs = moment.monotonicMs;
    this.#completed += 1;
    this.#failuresInARow = 0;
    this.durations.record(durationMs);
  }

  /** Takes a failed checkpoint. */
  takeFailed({ failures, error }: CheckpointInfo): void {
    this.#failures += 1;
    this.#failuresInARow = failures ?? this.#failuresInARow + 1;
    if (error !== undefined) this.#lastError = cutText(messageWithCauses(error), MESSAGE_LENGTH_MAX);
  }

  /** The time since the newest checkpoint, in milliseconds; undefined: none was written. */
  ageMs(monotonicMs: number): number | undefined {
    return this.#newestMonotonicMs === undefined
      ? undefined
      : Math.max(0, monotonicMs - this.#newestMonotonicMs);
  }

  /** The usual distance of two checkpoints, in milliseconds; undefined: not known yet. */
  get usualMs(): number | undefined {
    return this.#usualMs;
  }

  /** The checkpoints as plain data; undefined: there was none, and no failure. */
  toObserved(): ObservedCheckpoints | undefined {
    if (this.#completed === 0 && this.#failures === 0) return undefined;
    return {
      ...this.#newest,
      completed: this.#completed,
      failures: this.#failures,
      failuresInARow: this.#failuresInARow,
      ...(this.#lastError === undefined ? {} : { lastError: this.#lastError }),
    };
  }
}

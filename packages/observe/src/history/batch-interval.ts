// The batch interval of the observed engine: told by the gauges, or else the least distance of two batch times.
import type { BatchTime } from '@millrace/core';

/** Knows the batch interval. */
export class BatchInterval {
  #toldMs = 0;
  #leastMs = 0;
  #newest: BatchTime | undefined;

  /** Called with the interval of a reading of the gauges. */
  tell(intervalMs: number): void {
    if (intervalMs > 0) this.#toldMs = intervalMs;
  }

  /** Called with each batch time. */
  see(batchTime: BatchTime): void {
    const distance = this.#newest === undefined ? 0 : Math.abs(batchTime - this.#newest);
    this.#newest = batchTime;
    if (distance > 0 && (this.#leastMs === 0 || distance < this.#leastMs)) this.#leastMs = distance;
  }

  /** The interval in milliseconds; 0: not known yet. */
  get ms(): number {
    return this.#toldMs > 0 ? this.#toldMs : this.#leastMs;
  }
}

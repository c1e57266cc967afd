// The delay between a receiver's end and its next start: the requested delay the first time, longer and longer while
// the receiver keeps failing, and the first delay again after a healthy run.
import { backOffDelayMs, type RandomSource } from '@millrace/core';
import type { ReceivingOptions } from './receiving-options.ts';

/** The options of restarts. */
export type RestartOptions = Pick<
  ReceivingOptions,
  'restartDelayMs' | 'restartDelayMaxMs' | 'healthyAfterMs'
>;

/** The delays of one receiver. */
export class RestartDelays {
  readonly #options: RestartOptions;
  readonly #random: RandomSource;
  /** Restarts that followed each other. */
  #series = 0;

  constructor(options: RestartOptions, random: RandomSource) {
    this.#options = options;
    this.#random = random;
  }

  /**
   * The delay before the next start, in milliseconds.
   *
   * @param ranMs The length of the last run, from the resolved `start` on.
   * @param wishMs The receiver's requested delay: the first delay of a series, and the least of later delays.
   */
  next(ranMs: number, wishMs: number | undefined): number {
    const { restartDelayMs, restartDelayMaxMs, healthyAfterMs } = this.#options;
    if (ranMs >= healthyAfterMs) this.#series = 0;
    const repeats = this.#series;
    this.#series += 1;
    const wish = wishMs !== undefined && wishMs >= 0 && wishMs < Infinity ? wishMs : undefined;
    if (repeats === 0) return wish ?? restartDelayMs;
    // No receiver restarts repeatedly without a delay, even when it requests none.
    const [firstMs, maxMs] = [Math.max(restartDelayMs, 1), Math.max(restartDelayMaxMs, 1)];
    return Math.max(wish ?? 0, backOffDelayMs(repeats, { firstMs, maxMs, random: this.#random }));
  }
}

// How long a receiver rests between its end and its next start: the first time as long as it asks for, then longer and
// longer while it keeps failing, and as at first again once it has run for a while.
import type { RandomSource } from '@millrace/core';
import { backOffDelayMs } from './back-off.ts';
import type { ReceivingOptions } from './receiving-options.ts';

/** The options that restarts go by. */
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
   * @param ranMs How long the last life was.
   * @param wishMs What the receiver asked for: the first delay of a series, and the least of the later ones.
   */
  next(ranMs: number, wishMs: number | undefined): number {
    const { restartDelayMs, restartDelayMaxMs, healthyAfterMs } = this.#options;
    if (ranMs >= healthyAfterMs) this.#series = 0;
    const repeats = this.#series;
    this.#series += 1;
    const wish = wishMs !== undefined && wishMs >= 0 && wishMs < Infinity ? wishMs : undefined;
    if (repeats === 0) return wish ?? restartDelayMs;
    // Nobody restarts again and again without any delay, also not who asks for none.
    const bounds = { firstMs: Math.max(restartDelayMs, 1), maxMs: Math.max(restartDelayMaxMs, 1) };
    return Math.max(wish ?? 0, backOffDelayMs(repeats, bounds, this.#random));
  }
}

// Amounts of the newest steps of the window, for one input.
import { WINDOW_STEPS } from './step-window.ts';

/** Sums an amount over the newest steps. */
export class RecentAmounts {
  readonly #amounts = new Float64Array(WINDOW_STEPS);
  #newest = -1;

  /** Adds an amount to a step of the window. */
  add(step: number, amount: number): void {
    this.#moveTo(step);
    const slot = step % WINDOW_STEPS;
    if (step > this.#newest - WINDOW_STEPS) this.#amounts[slot] = (this.#amounts[slot] as number) + amount;
  }

  /** The sum of the window that ends with a step. */
  sum(newestStep: number): number {
    this.#moveTo(newestStep);
    return this.#amounts.reduce((sum, amount) => sum + amount, 0);
  }

  #moveTo(step: number): void {
    if (step <= this.#newest) return;
    if (step - this.#newest >= WINDOW_STEPS) this.#amounts.fill(0);
    else
      for (let passed = this.#newest + 1; passed <= step; passed += 1)
        this.#amounts[passed % WINDOW_STEPS] = 0;
    this.#newest = step;
  }
}

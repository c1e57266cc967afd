// A sum over the newest minutes, in slots: constant memory, whatever is counted.

const SLOTS = 12;

/** Sums amounts of the newest `spanMs` of monotonic time, to a twelfth of the span. */
export class RollingSum {
  readonly #slotMs: number;
  readonly #sums = new Float64Array(SLOTS);
  #newest = Number.NEGATIVE_INFINITY;

  constructor(spanMs: number) {
    this.#slotMs = spanMs / SLOTS;
  }

  /** Adds an amount at a time. */
  add(amount: number, monotonicMs: number): void {
    this.#moveTo(monotonicMs);
    const slot = this.#newest % SLOTS;
    this.#sums[slot] = (this.#sums[slot] as number) + amount;
  }

  /** The sum at a time. */
  sum(monotonicMs: number): number {
    if (this.#newest === Number.NEGATIVE_INFINITY) return 0;
    this.#moveTo(monotonicMs);
    return this.#sums.reduce((sum, amount) => sum + amount, 0);
  }

  #moveTo(monotonicMs: number): void {
    const slot = Math.floor(monotonicMs / this.#slotMs);
    if (slot <= this.#newest) return;
    if (slot - this.#newest >= SLOTS) this.#sums.fill(0);
    else for (let passed = this.#newest + 1; passed <= slot; passed += 1) this.#sums[passed % SLOTS] = 0;
    this.#newest = slot;
  }
}

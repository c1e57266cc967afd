// A bounded amount that several transfers share: bytes in memory, or requests under way. Transfers wait in order.

interface Waiting {
  readonly amount: number;
  readonly admit: () => void;
}

/** Gives back the amount. May be repeated. */
export type Release = () => void;

/** A bounded amount. */
export class SharedRoom {
  readonly #max: number;
  readonly #waiting = new Set<Waiting>();
  #held = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** The amount in use. */
  get held(): number {
    return this.#held;
  }

  /** The number of waiting transfers. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Takes an amount, in the order of calls. An amount above the maximum is given when nothing else is in use.
   *
   * @throws the signal's reason when the signal is aborted first.
   */
  async take(amount: number, signal: AbortSignal): Promise<Release> {
    signal.throwIfAborted();
    const release = this.takeNow(amount);
    if (release !== undefined) return release;
    await this.#wait(amount, signal);
    return this.#releaseOf(amount);
  }

  /** Takes an amount without waiting; undefined when the amount does not fit, or others wait. */
  takeNow(amount: number): Release | undefined {
    if (this.#waiting.size > 0 || !this.#fits(amount)) return undefined;
    this.#held += amount;
    return this.#releaseOf(amount);
  }

  #releaseOf(amount: number): Release {
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#held -= amount;
      this.#admit();
    };
  }

  #wait(amount: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const onAbort = (): void => {
      this.#waiting.delete(waiting);
      reject(signal.reason);
      // A smaller amount behind this one may fit.
      this.#admit();
    };
    const waiting: Waiting = {
      amount,
      admit: () => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      },
    };
    this.#waiting.add(waiting);
    signal.addEventListener('abort', onAbort, { once: true });
    return promise;
  }

  #admit(): void {
    for (const waiting of this.#waiting) {
      if (!this.#fits(waiting.amount)) return;
      this.#waiting.delete(waiting);
      this.#held += waiting.amount;
      waiting.admit();
    }
  }

  #fits(amount: number): boolean {
    return this.#held === 0 || this.#held + amount <= this.#max;
  }
}

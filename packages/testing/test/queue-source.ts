// A queue from which readers take numbers one by one: the source behind iterables, streams and emitters. Numbers not
// taken before the abort of a reader's signal stay for the next reader.

/** A source in memory for the adapters of core. */
export class QueueSource {
  readonly #queue: number[] = [];
  #changed = Promise.withResolvers<void>();
  #isOver = false;
  #isReachable = true;
  #taken = 0;

  /** The number of records taken by readers. */
  get taken(): number {
    return this.#taken;
  }

  send(ids: readonly number[]): void {
    this.#queue.push(...ids);
    this.#change();
  }

  end(): void {
    this.#isOver = true;
    this.#change();
  }

  setReachable(isReachable: boolean): void {
    this.#isReachable = isReachable;
  }

  /** @throws when the source is unreachable. */
  connect(): void {
    if (!this.#isReachable) throw new Error('the source is away');
  }

  /** The next number; undefined at the end, and when the signal is aborted. */
  async take(signal: AbortSignal): Promise<number | undefined> {
    const onAbort = (): void => this.#change();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      while (!signal.aborted) {
        const next = this.#queue.shift();
        if (next !== undefined) this.#taken += 1;
        if (next !== undefined || this.#isOver) return next;
        await this.#changed.promise;
      }
      return undefined;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** All numbers, on arrival. */
  async *records(signal: AbortSignal): AsyncGenerator<number, void, void> {
    this.connect();
    for (;;) {
      const next = await this.take(signal);
      if (next === undefined) return;
      yield next;
    }
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}

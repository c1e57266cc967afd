// Messages of which only the newest counts: a rate limit, a clean-up threshold. Such messages must not pile up for a
// receiver that is slow to answer, so one value per key waits at most.

/**
 * Sends values by key; per key at most one value is in flight, and only the newest of the values that come meanwhile is
 * sent.
 */
export class ConflatingSender<K, V extends object> {
  readonly #send: (key: K, value: V) => Promise<void>;
  /** A key is present while a value is in flight; its entry is the newest waiting value. */
  readonly #waiting = new Map<K, V | undefined>();

  /** @param send Must not reject: `send` handles its own failures, because no caller waits for the result. */
  constructor(send: (key: K, value: V) => Promise<void>) {
    this.#send = send;
  }

  /** Keys with a value in flight. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Sends the value now, or as soon as the value in flight has been answered. Returns at once. */
  post(key: K, value: V): void {
    if (this.#waiting.has(key)) {
      this.#waiting.set(key, value);
      return;
    }
    this.#waiting.set(key, undefined);
    void this.#sendAll(key, value);
  }

  async #sendAll(key: K, first: V): Promise<void> {
    let next: V | undefined = first;
    while (next !== undefined) {
      await this.#send(key, next);
      next = this.#waiting.get(key);
      this.#waiting.set(key, undefined);
    }
    this.#waiting.delete(key);
  }
}

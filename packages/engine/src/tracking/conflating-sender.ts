// Messages of which only the newest counts: a rate limit, a clean-up threshold. To a receiver that is slow to answer
// they must not pile up, so that what waits is bounded by one value per key.

/**
 * Sends values by key; per key at most one is under way, and of those that come meanwhile only the newest is sent.
 */
export class ConflatingSender<K, V extends object> {
  readonly #send: (key: K, value: V) => Promise<void>;
  /** A key is present while a value of it is under way; its entry is the newest that waits. */
  readonly #waiting = new Map<K, V | undefined>();

  /** @param send Must not reject: it deals with its own failures, because nobody waits for them here. */
  constructor(send: (key: K, value: V) => Promise<void>) {
    this.#send = send;
  }

  /** Keys of which a value is under way. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Sends the value now, or as soon as the one under way has been answered. Returns at once. */
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

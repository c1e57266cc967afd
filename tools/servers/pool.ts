// Things that only one user may have at a time, such as proxies in front of one server: seeded runs side by side, each with its own.

/** Lends items; a user waits while every item is lent. */
export class Pool<T> {
  readonly #free: T[];
  readonly #waiting: ((item: T) => void)[] = [];

  constructor(items: Iterable<T>) {
    this.#free = [...items];
  }

  /** Lends an item until the promise of `use` settles. */
  async lend<R>(use: (item: T) => Promise<R>): Promise<R> {
    const item = this.#free.pop() ?? (await new Promise<T>((resolve) => void this.#waiting.push(resolve)));
    try {
      return await use(item);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free.push(item);
      else next(item);
    }
  }
}

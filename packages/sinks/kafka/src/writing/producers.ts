// Producers of a sink by name, each for one write at a time. Producers cost connections, so their number is bounded: the one that
// was not used for the longest time makes room.

/** A thing that can be closed; `close` never rejects. */
export interface Closable {
  close(): Promise<void>;
}

/** A bounded set of producers. */
export class Producers<P extends Closable> {
  readonly #make: (name: string) => P;
  readonly #max: number;
  /** Idle ones, the one used last at the end; at most `max`. */
  readonly #idle = new Map<string, P>();
  readonly #used = new Set<string>();
  #isClosed = false;
  /** Writes that wait; at most one for each partition that the engine writes at once. */
  readonly #waiting: (() => void)[] = [];

  /** @param max The largest number of producers. */
  constructor(make: (name: string) => P, max: number) {
    this.#make = make;
    this.#max = max;
  }

  /** Uses the producer of a name, and waits while the producer or every place is in use. */
  async use<R>(name: string, use: (producer: P) => Promise<R>): Promise<R> {
    while (this.#used.has(name) || this.#used.size >= this.#max) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve)); // bounded: see #waiting
    }
    this.#used.add(name);
    const producer = this.#idle.get(name) ?? this.#make(name);
    this.#idle.delete(name);
    let isFit = false;
    try {
      await this.#makeRoom();
      const result = await use(producer);
      isFit = !this.#isClosed;
      return result;
    } finally {
      this.#used.delete(name);
      if (isFit) this.#idle.set(name, producer);
      for (const resolve of this.#waiting.splice(0)) resolve();
      if (!isFit) await producer.close();
    }
  }

  /** Closes every idle producer, and every other one when its write has ended. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const idle = [...this.#idle.values()];
    this.#idle.clear();
    await Promise.all(idle.map((producer) => producer.close()));
  }

  async #makeRoom(): Promise<void> {
    while (this.#idle.size > 0 && this.#idle.size + this.#used.size > this.#max) {
      const [name, producer] = this.#idle.entries().next().value as [string, P];
      this.#idle.delete(name);
      await producer.close();
    }
  }
}

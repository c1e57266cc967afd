// Turns of writers: a stream takes a limited number of open batches.
/** Runs at most a number of works at once; the others wait in order. */
export class WriterTurns {
  readonly #max: number;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(max: number) {
    this.#max = max;
  }

  /** Runs work when it is its turn. @throws the error of the work. */
  async run<R>(work: () => Promise<R>): Promise<R> {
    if (this.#running === this.#max) await new Promise<void>((resolve) => void this.#waiting.push(resolve));
    else this.#running += 1;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }
}

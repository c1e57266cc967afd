// The times of the polls: start, start + interval, and so on, none left out. A poll that comes late, because reading
// took long or the clock was set forward, stands for every poll that was missed, each with its own time: otherwise
// the files of that while would have passed out of the remembered time unseen.

/** Counts the polls of one receiver. Pure: it is told the time. */
export class PollTimes {
  readonly #intervalMs: number;
  #nextMs: number;

  constructor(startMs: number, intervalMs: number) {
    this.#intervalMs = intervalMs;
    this.#nextMs = startMs;
  }

  /** The first poll time that has not been served. */
  get nextMs(): number {
    return this.#nextMs;
  }

  /** The latest poll time up to `nowMs`; before the first one, the first one. */
  latest(nowMs: number): number {
    const missed = Math.floor((nowMs - this.#nextMs) / this.#intervalMs);
    return this.#nextMs + Math.max(0, missed) * this.#intervalMs;
  }

  /**
   * The poll times up to `latestMs` that can make a difference, in order: for each modification time the first that
   * is not before it, and the latest. That is at most one more than there are files, however long the while was.
   */
  upTo(latestMs: number, modifiedTimesMs: readonly number[]): readonly number[] {
    const times = new Set(
      modifiedTimesMs.map((ms) => this.#firstNotBefore(ms)).filter((ms) => ms < latestMs),
    );
    return [...times].sort((a, b) => a - b).concat(latestMs);
  }

  /** The polls up to `latestMs` have been served. */
  served(latestMs: number): void {
    this.#nextMs = latestMs + this.#intervalMs;
  }

  #firstNotBefore(ms: number): number {
    const polls = Math.ceil((ms - this.#nextMs) / this.#intervalMs);
    return this.#nextMs + Math.max(0, polls) * this.#intervalMs;
  }
}

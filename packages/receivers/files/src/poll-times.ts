// The times of the polls: start, start + interval, and so on, without gaps. A late poll, after a long reading or a
// clock set forward, covers every missed poll, each with its own time: otherwise the files of the pause would have left
// the remembered time unseen.

/** Counts the polls of one receiver. Pure: the time is an argument. */
export class PollTimes {
  readonly #intervalMs: number;
  #nextMs: number;

  constructor(startMs: number, intervalMs: number) {
    this.#intervalMs = intervalMs;
    this.#nextMs = startMs;
  }

  /** The first poll time that is not covered. */
  get nextMs(): number {
    return this.#nextMs;
  }

  /** The latest poll time up to `nowMs`; before the first poll, the first poll time. */
  latest(nowMs: number): number {
    const missed = Math.floor((nowMs - this.#nextMs) / this.#intervalMs);
    return this.#nextMs + Math.max(0, missed) * this.#intervalMs;
  }

  /**
   * The poll times up to `latestMs` that can make a difference, in order: for each modification time the first poll
   * time that is not before the modification, and the latest poll time. The result has at most one member more than
   * there are files, for a pause of any length.
   */
  upTo(latestMs: number, modifiedTimesMs: readonly number[]): readonly number[] {
    const times = new Set(
      modifiedTimesMs.map((ms) => this.#firstNotBefore(ms)).filter((ms) => ms < latestMs),
    );
    return [...times].sort((a, b) => a - b).concat(latestMs);
  }

  /** The polls up to `latestMs` are covered. */
  served(latestMs: number): void {
    this.#nextMs = latestMs + this.#intervalMs;
  }

  #firstNotBefore(ms: number): number {
    const polls = Math.ceil((ms - this.#nextMs) / this.#intervalMs);
    return this.#nextMs + Math.max(0, polls) * this.#intervalMs;
  }
}

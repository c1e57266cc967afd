// Group commit as one would write it around a library that takes many entries at once: what waits goes out together,
// and while that is under way the next group gathers.

/** Gives what is written at about the same time to `commit` together. */
export class WaitingGroup {
  readonly #commit: (entries: readonly Uint8Array[]) => Promise<void> | void;
  #waiting: Uint8Array[] = [];
  #next: Promise<void> | undefined;
  #underWay: Promise<void> = Promise.resolve();

  /** @param commit Resolves when the entries are durable. */
  constructor(commit: (entries: readonly Uint8Array[]) => Promise<void> | void) {
    this.#commit = commit;
  }

  /** Resolves with the group of the entry. */
  write(entry: Uint8Array): Promise<void> {
    this.#waiting.push(entry);
    this.#next ??= this.#commitNext();
    return this.#next;
  }

  async #commitNext(): Promise<void> {
    await this.#underWay;
    // A turn of the event loop: those who were just told write again first.
    await new Promise<void>((resolve) => setImmediate(resolve));
    const entries = this.#waiting;
    this.#waiting = [];
    this.#next = undefined;
    const committing = Promise.resolve(this.#commit(entries));
    this.#underWay = committing.catch(() => undefined);
    await committing;
  }
}

// Plain group commit around a library that accepts many entries at once: waiting entries are committed together, and
// the next group gathers meanwhile.

/** Passes entries written at about the same time to `commit` together. */
export class WaitingGroup {
  readonly #commit: (entries: readonly Uint8Array[]) => Promise<void> | void;
  #waiting: Uint8Array[] = [];
  #next: Promise<void> | undefined;
  #underWay: Promise<void> = Promise.resolve();

  /** @param commit Resolves when the entries are durable. */
  constructor(commit: (entries: readonly Uint8Array[]) => Promise<void> | void) {
    this.#commit = commit;
  }

  /** Resolves together with the group of the entry. */
  write(entry: Uint8Array): Promise<void> {
    this.#waiting.push(entry);
    this.#next ??= this.#commitNext();
    return this.#next;
  }

  async #commitNext(): Promise<void> {
    await this.#underWay;
    // Waits one turn of the event loop, so that the writers of the last group write again first.
    await new Promise<void>((resolve) => setImmediate(resolve));
    const entries = this.#waiting;
    this.#waiting = [];
    this.#next = undefined;
    const committing = Promise.resolve(this.#commit(entries));
    this.#underWay = committing.catch(() => undefined);
    await committing;
  }
}

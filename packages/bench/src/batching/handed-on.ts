// Counts the output of a contender. A group that is incomplete at the end of a call belongs to the next call, for all
// contenders alike; at the end at least one group must have arrived.

/** Counts groups. */
export class HandedOn {
  readonly #name: string;
  #records = 0;

  constructor(name: string) {
    this.#name = name;
  }

  /** Counts a group. */
  add(group: readonly unknown[]): void {
    this.#records += group.length;
  }

  /** @throws when no group arrived. */
  assertSome(): void {
    if (this.#records === 0) throw new Error(`${this.#name} handed nothing on`);
  }
}

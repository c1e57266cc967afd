// What came out of a contender. Groups that are still filling when a call is over belong to the next one, with all
// contenders alike; at the end something must have come.

/** Counts groups. */
export class HandedOn {
  readonly #name: string;
  #records = 0;

  constructor(name: string) {
    this.#name = name;
  }

  /** Takes a group. */
  add(group: readonly unknown[]): void {
    this.#records += group.length;
  }

  /** @throws when nothing was handed on. */
  assertSome(): void {
    if (this.#records === 0) throw new Error(`${this.#name} handed nothing on`);
  }
}

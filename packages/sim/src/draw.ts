// Named draws, for readable drawing code. Each part of a plan has a separate draw: an additional draw in one part
// changes nothing about the other parts.
import { SeededRandom } from '@millrace/core';

/** Draws from a seed. Equal seeds give equal draws. */
export class Draw {
  readonly #random: SeededRandom;

  constructor(seed: string) {
    this.#random = new SeededRandom(seed);
  }

  /** True with this probability, 0 to 1. */
  happens(chance: number): boolean {
    return this.#random.next() < chance;
  }

  /** 0 to `most`. */
  upTo(most: number): number {
    return this.#random.integer(most + 1);
  }

  /** One of the choices, each equally likely. */
  of<const T>(choices: readonly T[]): T {
    return choices[this.#random.integer(choices.length)] as T;
  }

  /** All items in random order. */
  shuffled<T>(items: readonly T[]): T[] {
    const left = [...items];
    return items.map(() => left.splice(this.#random.integer(left.length), 1)[0] as T);
  }
}

// Draws by name, so that what is drawn reads like what is meant. Each part of a plan has one of its own: a draw that is
// added to one part changes nothing about the others.
import { SeededRandom } from '@millrace/core';

/** Draws from a seed. Equal seeds give equal draws. */
export class Draw {
  readonly #random: SeededRandom;

  constructor(seed: string) {
    this.#random = new SeededRandom(seed);
  }

  /** True as often as `chance` says, 0 to 1. */
  happens(chance: number): boolean {
    return this.#random.next() < chance;
  }

  /** 0 to `most`. */
  upTo(most: number): number {
    return this.#random.integer(most + 1);
  }

  /** One of them, each equally likely. */
  of<const T>(choices: readonly T[]): T {
    return choices[this.#random.integer(choices.length)] as T;
  }

  /** All of them in any order. */
  shuffled<T>(items: readonly T[]): T[] {
    const left = [...items];
    return items.map(() => left.splice(this.#random.integer(left.length), 1)[0] as T);
  }
}

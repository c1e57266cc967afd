// The names of receiver attempts, and with them of blocks. No two are alike by construction: the epoch tells drivers apart
// that found each other's traces, the number tells the attempts of one driver apart. Chance only has to tell drivers apart
// that keep nothing of each other, and would both be the first.
import type { Epoch, RandomSource, ReceiverAttemptId } from '@millrace/core';

/** Characters drawn for each id: 8 of them name about 2^41 things. */
const DRAWN_LENGTH = 8;

/** Names the attempts of one driver: `<epoch>.<number>.<drawn>`, without a dash, which ends it in the name of a block. */
export class AttemptIds {
  readonly #epoch: Epoch;
  readonly #random: Pick<RandomSource, 'id'>;
  #count = 0;

  constructor(epoch: Epoch, random: Pick<RandomSource, 'id'>) {
    this.#epoch = epoch;
    this.#random = random;
  }

  /** The next name. */
  next(): ReceiverAttemptId {
    this.#count += 1;
    return `${this.#epoch.toString(36)}.${this.#count.toString(36)}.${this.#random.id(DRAWN_LENGTH)}`;
  }
}

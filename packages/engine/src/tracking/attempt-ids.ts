// The ids of receiver attempts, which are part of the names of blocks. Ids are unique by construction: the epoch
// separates drivers that found each other's traces, the number separates the attempts of one driver. The random part
// only separates drivers that share no storage, and would both have the first epoch.
import type { Epoch, RandomSource, ReceiverAttemptId } from '@millrace/core';

/** Characters drawn for each id: 8 characters have about 2^41 values. */
const DRAWN_LENGTH = 8;

/**
 * Names the attempts of one driver: `<epoch>.<number>.<drawn>`, without a dash, because a dash ends the id in the name
 * of a block.
 */
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

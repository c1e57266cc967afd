// The number of partitions of an output operation of a batch, in a small object. A batch that comes again with another number has
// other records in its partitions, so none of them may be taken for written.
import { batchId, coreError, type SinkWrite } from '@millrace/core';
import type { ObjectStore } from '../connection/object-store.ts';
import { claimKey } from './object-keys.ts';

/** The claims of batches below one prefix. */
export class BatchClaims {
  readonly #store: ObjectStore;
  readonly #prefix: string;

  constructor(store: ObjectStore, prefix: string) {
    this.#store = store;
    this.#prefix = prefix;
  }

  /** True when the batch has its claim. @throws `MR_SINK_REPARTITIONED` */
  async check(write: SinkWrite): Promise<boolean> {
    const found = await this.#store.text(claimKey(write, this.#prefix));
    if (found === undefined) return false;
    const before = Number(found);
    if (before !== write.partitions) throw repartitioned(write, before);
    return true;
  }

  /** Stores the number of the write, unless another sink was first. @throws `MR_SINK_REPARTITIONED` */
  async claim(write: SinkWrite): Promise<void> {
    await this.#store.putNew(claimKey(write, this.#prefix), `${write.partitions}`);
    await this.check(write);
  }
}

function repartitioned(write: SinkWrite, before: number): Error {
  const message = `expected ${batchId(write)} out of ${before} partitions, as in the first run, got ${write.partitions}; run the batch with the first number`;
  return coreError('MR_SINK_REPARTITIONED', message, { details: { ...write, before } });
}

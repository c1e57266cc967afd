// The blocks that become one partition of a batch: consecutive blocks of one block interval, as long as together they
// are no larger than one block may be. A source that waits for acknowledgements gets many small blocks, and a batch
// would otherwise run a task for each. The mark travels with the block into the driver's log, so a batch that runs again
// has the same partitions.
import type { Block } from '@millrace/core';
import type { ReceivingOptions } from './receiving-options.ts';

/** Marks the blocks that continue a partition. */
export class PartitionRun {
  readonly #most: Pick<ReceivingOptions, 'maxRecordsPerBlock' | 'maxBytesPerBlock'>;
  #records = 0;
  #bytes = 0;

  constructor(most: Pick<ReceivingOptions, 'maxRecordsPerBlock' | 'maxBytesPerBlock'>) {
    this.#most = most;
  }

  /** Adds the next block. Returns true when the block continues the partition of the block before. */
  add({ recordCount, sizeBytes }: Pick<Block, 'recordCount' | 'sizeBytes'>): boolean {
    const { maxRecordsPerBlock, maxBytesPerBlock } = this.#most;
    const continues =
      this.#records > 0 &&
      this.#records + recordCount <= maxRecordsPerBlock &&
      this.#bytes + sizeBytes <= maxBytesPerBlock;
    if (!continues) this.end();
    this.#records += recordCount;
    this.#bytes += sizeBytes;
    return continues;
  }

  /** The next block begins a partition. */
  end(): void {
    this.#records = 0;
    this.#bytes = 0;
  }
}

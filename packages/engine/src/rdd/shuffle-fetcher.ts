// The port through which a reading task gets the buckets that map tasks have written for it. `LocalShuffleFetcher`
// reads the stores of this process; `PeerShuffleFetcher` asks other executors.
import { rddError } from './rdd-errors.ts';
import type { ShuffleStore } from './shuffle-store.ts';

/** The requested buckets: the buckets of one reading partition, from all map partitions. */
export interface ShuffleRead {
  /** The id of the shuffled RDD. */
  readonly shuffleId: string;
  /** Number of map partitions. */
  readonly mapPartitions: number;
  /** The reading partition. */
  readonly partition: number;
}

/** Fetches buckets. Called once by every reading task, concurrently for different tasks. */
export interface ShuffleFetcher {
  /**
   * The buckets in the order of map partitions, so that merging them gives the same result every time. Buckets are
   * only read.
   *
   * @throws `MR_RDD_SHUFFLE_OUTPUT_MISSING` with `shuffleId` and `mapPartition` in its details: the driver then
   * runs that map task again.
   */
  fetch(read: ShuffleRead): Promise<readonly (readonly unknown[])[]>;
}

/**
 * Reads the stores of this process; the first store with an output wins, because all copies of an output are equal.
 */
export class LocalShuffleFetcher implements ShuffleFetcher {
  readonly #stores: Iterable<ShuffleStore>;

  /** `stores` is read at every fetch, so that the collection may grow and shrink with the executors. */
  constructor(stores: Iterable<ShuffleStore>) {
    this.#stores = stores;
  }

  async fetch(read: ShuffleRead): Promise<readonly (readonly unknown[])[]> {
    return Array.from({ length: read.mapPartitions }, (_, mapPartition) => this.#bucket(read, mapPartition));
  }

  #bucket({ shuffleId, partition }: ShuffleRead, mapPartition: number): readonly unknown[] {
    for (const store of this.#stores) {
      const bucket = store.bucket(shuffleId, mapPartition, partition);
      if (bucket !== undefined) return bucket;
    }
    throw outputMissing(shuffleId, mapPartition);
  }
}

/** The error of a fetch that did not find an output. */
export function outputMissing(shuffleId: string, mapPartition: number, cause?: unknown): Error {
  return rddError(
    'MR_RDD_SHUFFLE_OUTPUT_MISSING',
    `the output of map partition ${mapPartition} of ${shuffleId} is missing; run the map task again`,
    { details: { shuffleId, mapPartition }, ...(cause === undefined ? {} : { cause }) },
  );
}

// Fetches the buckets of one task: from this executor's own store, and from other executors with one request each.
// The task message has the locations. A bucket that cannot be fetched, for instance because its executor has died,
// is a missing output: the driver reruns its map task.
import { type Codec, type Epoch, type ExecutorId, isMillraceError } from '@millrace/core';
import type { ExecutorPeers, ShuffleLocations } from '@millrace/core/engine';
import { outputMissing } from '../rdd/shuffle-fetcher.ts';
import type { ShuffleFetcher, ShuffleRead } from '../rdd/shuffle-fetcher.ts';
import type { ShuffleStore } from '../rdd/shuffle-store.ts';

/** Collaborators of a fetcher. */
export interface PeerShuffleFetcherDeps {
  readonly executorId: ExecutorId;
  readonly epoch: Epoch;
  readonly shuffles: readonly ShuffleLocations[];
  readonly shuffleStore: ShuffleStore;
  readonly peers: ExecutorPeers;
  readonly codec: Codec;
}

/** The fetcher of one task. */
export class PeerShuffleFetcher implements ShuffleFetcher {
  readonly #deps: PeerShuffleFetcherDeps;

  constructor(deps: PeerShuffleFetcherDeps) {
    this.#deps = deps;
  }

  async fetch(read: ShuffleRead): Promise<readonly (readonly unknown[])[]> {
    const { executorId: own, shuffles, shuffleStore } = this.#deps;
    const { shuffleId, mapPartitions, partition } = read;
    const locations = shuffles.find((shuffle) => shuffle.shuffleId === shuffleId)?.executors ?? [];
    const buckets = new Array<readonly unknown[] | undefined>(mapPartitions);
    const elsewhere = new Map<ExecutorId, number[]>();
    for (let mapPartition = 0; mapPartition < mapPartitions; mapPartition += 1) {
      buckets[mapPartition] = shuffleStore.bucket(shuffleId, mapPartition, partition);
      if (buckets[mapPartition] !== undefined) continue;
      const executorId = locations[mapPartition];
      if (executorId === undefined || executorId === own) throw outputMissing(shuffleId, mapPartition);
      const wanted = elsewhere.get(executorId);
      if (wanted === undefined) elsewhere.set(executorId, [mapPartition]);
      else wanted.push(mapPartition);
    }
    await Promise.all(
      [...elsewhere].map(async ([executorId, wanted]) => {
        const fetched = await this.#fetchFrom(executorId, read, wanted);
        for (const [index, mapPartition] of wanted.entries()) buckets[mapPartition] = fetched[index];
      }),
    );
    return buckets as (readonly unknown[])[];
  }

  async #fetchFrom(
    executorId: ExecutorId,
    { shuffleId, partition }: ShuffleRead,
    mapPartitions: readonly number[],
  ): Promise<readonly (readonly unknown[])[]> {
    const { epoch, peers, codec } = this.#deps;
    const request = { epoch, shuffleId, partition, mapPartitions };
    const { buckets } = await peers.ask(executorId, 'FetchBuckets', request).catch((error: unknown) => {
      if (!isMillraceError(error, 'MR_EXECUTOR_UNREACHABLE')) throw error;
      throw outputMissing(shuffleId, mapPartitions[0] ?? 0, error);
    });
    return mapPartitions.map((mapPartition, index) => {
      const bytes = buckets[index];
      if (bytes === undefined || bytes === null) throw outputMissing(shuffleId, mapPartition);
      return codec.decodeRecords(bytes);
    });
  }
}

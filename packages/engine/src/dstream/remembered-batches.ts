// What a window has already read of a stream that depends on state. Other streams are computed again after a restart,
// from the input of their batches; this one cannot be, because the state it was made with is gone. So checkpoints keep
// its records for as long as a window looks back: each batch is written once, as a part.
import type { BatchTime } from '@millrace/core';
import { fromPartitions } from '../rdd/parallelize.ts';
import type { RDD } from '../rdd/rdd.ts';
import type { CheckpointedState, CheckpointParts, RestoredState } from './checkpointed-state.ts';
import { dstreamError } from './dstream-errors.ts';
import type { StreamNode } from './stream-node.ts';

/** A batch in a checkpoint. */
interface KeptBatch {
  readonly batchTime: BatchTime;
  readonly part: number;
  /** Whether the records are pairs in the partitions of their keys. */
  readonly isHashed: boolean;
}

interface RestoredBatch<T> {
  readonly partitions: readonly (readonly T[])[];
  readonly isHashed: boolean;
}

/** The batches of one stream that later windows read. */
export class RememberedBatches<T> implements CheckpointedState {
  readonly version = 1;
  readonly #stream: StreamNode<T>;
  readonly #restored = new Map<BatchTime, RestoredBatch<T>>();
  #durable: readonly KeptBatch[] = [];
  #exported: readonly KeptBatch[] = [];

  constructor(stream: StreamNode<T>) {
    this.#stream = stream;
  }

  /** The RDD of a batch that was done before a restart; undefined when nothing was kept of it. */
  restoredRdd(batchTime: BatchTime): RDD<T> | undefined {
    const batch = this.#restored.get(batchTime);
    if (batch === undefined) return undefined;
    const { environment } = this.#stream.scope;
    return fromPartitions(environment, batch.partitions, { hashPartitioned: batch.isHashed });
  }

  async exportState(batchTime: BatchTime, parts: CheckpointParts): Promise<readonly KeptBatch[]> {
    const { zeroTime, rememberMs } = this.#stream;
    if (zeroTime === undefined) return (this.#exported = this.#durable);
    const from = batchTime - rememberMs + 1;
    const kept = this.#durable.filter((batch) => batch.batchTime >= from);
    const known = new Set(kept.map((batch) => batch.batchTime));
    const added: KeptBatch[] = [];
    for (const [time, rdd] of this.#stream.batchesBetween(from, batchTime)) {
      if (known.has(time)) continue;
      const part = await parts.write(parts.codec.encodeRecords(await rdd.glom().collect()));
      added.push({ batchTime: time, part, isHashed: rdd.hashPartitions !== undefined });
    }
    for (const time of this.#restored.keys()) if (time < from) this.#restored.delete(time);
    return (this.#exported = [...kept, ...added]);
  }

  checkpointed(): void {
    this.#durable = this.#exported;
  }

  partsOf(data: unknown): readonly number[] {
    return keptBatchesOf(data).map(({ part }) => part);
  }

  async restoreState({ data, parts }: RestoredState): Promise<void> {
    this.#durable = keptBatchesOf(data);
    this.#exported = this.#durable;
    for (const { batchTime, part, isHashed } of this.#durable) {
      // They were written by `exportState`: they are arrays of the stream's records.
      const partitions = parts.codec.decodeRecords(await parts.read(part)) as T[][];
      this.#restored.set(batchTime, { partitions, isHashed });
    }
  }
}

function keptBatchesOf(data: unknown): readonly KeptBatch[] {
  if (Array.isArray(data) && data.every((batch) => Number.isSafeInteger((batch as KeptBatch | null)?.part)))
    return data as KeptBatch[];
  throw dstreamError(
    'MR_GRAPH_INPUT_INVALID',
    'a checkpoint holds something else where batches of a window should be',
  );
}

// The records of received blocks. A task prefers the executor of its blocks. A lost block fails the task, and so the
// batch: no batch ever runs with a part of its input missing.
import type { Block, ReceivedBlockInfo } from '@millrace/core';
import { coreError } from '@millrace/core';
import { blockPartitions } from './block-partitions.ts';
import { TextLineDecoder } from './text-line-decoder.ts';
import { pushInSlices } from './push-records.ts';
import type { RDD } from './rdd.ts';
import type { TaskContext } from './rdd-node.ts';
import type { ChunkSink } from './record-sink.ts';
import type { RddEnvironment } from './rdd-environment.ts';

/**
 * An RDD of blocks, in their order, with the partitions of `blockPartitions`: records unchanged, text as lines without
 * their `\n`, encoded records decoded. Tasks fail with `MR_BLOCK_LOST` when a block cannot be read.
 */
export function blockRdd<T>(environment: RddEnvironment, blocks: readonly ReceivedBlockInfo[]): RDD<T> {
  return environment.define<T>(() => {
    const partitions = blockPartitions(blocks);
    return {
      kind: 'source',
      partitionCount: partitions.length,
      dependencies: [],
      preferredExecutors: (partition) =>
        (partitions[partition] ?? []).slice(0, 1).map((info) => info.executorId),
      produce: async (partition, context, push) => {
        const infos = partitions[partition];
        if (infos === undefined)
          throw new RangeError(`no partition ${partition} of ${partitions.length} partitions of blocks`);
        for (const info of infos) {
          const block = await context.readBlock(info);
          if (block === undefined) throw lost(info);
          // The stream's type states the type of the records stored by its receiver.
          await pushBlock(block, context, push as ChunkSink<unknown>);
        }
      },
    };
  });
}

async function pushBlock(block: Block, context: TaskContext, push: ChunkSink<unknown>): Promise<void> {
  switch (block.kind) {
    case 'records':
      for (const { records, length } of block.chunks)
        await pushInSlices(records, context, push, { to: length });
      return;
    case 'encoded':
      return pushInSlices(context.codec.decodeRecords(block.bytes), context, push);
    case 'text': {
      const decoder = new TextLineDecoder();
      for (const chunk of block.chunks) await pushInSlices(decoder.decode(chunk), context, push);
      return pushInSlices(decoder.end(), context, push);
    }
  }
}

function lost(info: ReceivedBlockInfo): Error {
  const { blockId, streamId, executorId, recordCount, durability } = info;
  return coreError(
    'MR_BLOCK_LOST',
    `block ${blockId} of stream ${streamId} with ${recordCount} records is gone; a write-ahead log keeps blocks when an executor dies`,
    { details: { blockId, streamId, executorId, recordCount, durability } },
  );
}

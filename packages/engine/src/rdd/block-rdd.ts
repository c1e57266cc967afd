// The records of received blocks, one partition for each block. A task prefers the executor of its block. A lost
// block fails the task, and so the batch: no batch ever runs with a part of its input missing.
import type { Block, ReceivedBlockInfo } from '@millrace/core';
import { coreError } from '@millrace/core';
import { TextLineDecoder } from './text-line-decoder.ts';
import { pushInSlices } from './push-records.ts';
import type { RDD } from './rdd.ts';
import type { ChunkSink } from './rdd-definition.ts';
import type { RddEnvironment } from './rdd-environment.ts';
import type { TaskContext } from './task-context.ts';

/**
 * An RDD of blocks, in their order: records unchanged, text as lines without their `\n`, encoded records decoded.
 * Tasks fail with `MR_BLOCK_LOST` when a block cannot be read.
 */
export function blockRdd<T>(environment: RddEnvironment, blocks: readonly ReceivedBlockInfo[]): RDD<T> {
  return environment.define<T>(() => ({
    kind: 'source',
    partitionCount: blocks.length,
    dependencies: [],
    preferredExecutors: (partition) => blocks.slice(partition, partition + 1).map((info) => info.executorId),
    produce: async (partition, context, push) => {
      const info = blocks[partition];
      if (info === undefined) throw new RangeError(`no partition ${partition} of ${blocks.length} blocks`);
      const block = await context.readBlock(info);
      if (block === undefined) throw lost(info);
      // The stream's type states the type of the records stored by its receiver.
      await pushBlock(block, context, push as ChunkSink<unknown>);
    },
  }));
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

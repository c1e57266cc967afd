// The stream of a receiver. The receiver runs on some executor and stores records; here, each batch is the blocks that
// the tracker has allocated.
import type { BatchTime, ConfiguredReceiver, ReceivedBlockInfo, StreamInputInfo } from '@millrace/core';
import type { DeadRecord } from '@millrace/core/engine';
import { blockRdd } from '../rdd/block-rdd.ts';
import type { RDD } from '../rdd/rdd.ts';
import { InputDStream, type InputDescription } from './input-dstream.ts';
import type { StreamScope } from '../graph/stream-scope.ts';

/** Blocks whose metadata is reported with a batch; a batch may have many more. */
const REPORTED_BLOCKS_MAX = 100;

/** A stream of the blocks that a receiver stores, with the partitions of `blockPartitions`. */
export class ReceiverInputDStream<out T> extends InputDStream<T, readonly ReceivedBlockInfo[]> {
  /** The receiver that the tracker starts. */
  readonly receiver: ConfiguredReceiver<unknown>;

  constructor(scope: StreamScope, receiver: ConfiguredReceiver<T>) {
    super(scope, { kind: receiver.name, description: receiver.description });
    this.receiver = receiver;
  }

  override get isAllocated(): boolean {
    return true;
  }

  protected override take(
    _batchTime: BatchTime,
    allocated: readonly ReceivedBlockInfo[] = [],
  ): readonly ReceivedBlockInfo[] {
    return allocated;
  }

  /** For a batch of an earlier driver, and for any batch on an executor, the scope has the allocated blocks. */
  protected override takeAgain(batchTime: BatchTime): readonly ReceivedBlockInfo[] {
    return this.scope.blocksOfBatch(batchTime, this.streamId);
  }

  protected override build(blocks: readonly ReceivedBlockInfo[]): RDD<T> {
    return blockRdd<T>(this.scope.environment, blocks);
  }

  protected override describe(blocks: readonly ReceivedBlockInfo[]): InputDescription {
    return {
      recordCount: blocks.reduce((sum, block) => sum + block.recordCount, 0),
      sizeBytes: blocks.reduce((sum, block) => sum + block.sizeBytes, 0),
      blockCount: blocks.length,
      metadata: metadataOf(blocks),
    };
  }

  protected override blocksOf(blocks: readonly ReceivedBlockInfo[]): readonly ReceivedBlockInfo[] {
    return blocks;
  }

  override leftOutAt(batchTime: BatchTime): readonly DeadRecord[] {
    return (this.takenFor(batchTime) ?? []).flatMap(({ leftOut = [] }) => leftOut as readonly DeadRecord[]);
  }

  /** An executor takes no input: the blocks of a batch come with its tasks. */
  protected override compute(batchTime: BatchTime): RDD<T> {
    return this.build(this.takenFor(batchTime) ?? this.takeAgain(batchTime));
  }

  /** The tracker keeps the blocks of a batch. */
  protected override exportData(): undefined {
    return undefined;
  }

  protected override importData(): undefined {
    return undefined;
  }
}

/** The metadata of the blocks that have metadata, for listeners. */
function metadataOf(blocks: readonly ReceivedBlockInfo[]): StreamInputInfo['metadata'] {
  const described: unknown[] = [];
  for (const { metadata } of blocks) {
    if (metadata !== undefined) described.push(metadata);
    if (described.length === REPORTED_BLOCKS_MAX) break;
  }
  return described.length === 0 ? {} : { blocks: described };
}

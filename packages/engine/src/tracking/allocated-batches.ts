// The batches with allocated blocks, as far as unfinished batches and windows need the batches; the log has all others.
// For a replayable source, dropping a batch keeps the source position after its last block.
import type { BatchTime, ReceivedBlockInfo, StreamId } from '@millrace/core';
import { ReleasingMap } from '@millrace/core/engine';
import type { BatchAllocation } from './metadata-log.ts';
import { positionOf } from './positions.ts';

/** The content of a batch. */
export type AllocatedBatch = Pick<BatchAllocation, 'input' | 'inputs'>;

/** The source positions of streams after some batches. */
export type Positions = ReadonlyMap<StreamId, unknown>;

/** See the header of this file. */
export class AllocatedBatches {
  /** In ascending order, because allocations are. */
  readonly #batches = new ReleasingMap<BatchTime, AllocatedBatch>();
  /** The source position of each replayable stream after the blocks of forgotten batches. */
  readonly #forgottenPositions = new Map<StreamId, unknown>();

  /** The batch times, ascending. */
  get times(): readonly BatchTime[] {
    return [...this.#batches.keys()];
  }

  /** Blocks and other inputs of all batches. */
  get inputCount(): number {
    let count = 0;
    for (const { input, inputs } of this.#batches.values()) {
      count += inputs.size;
      for (const blocks of input.blocks.values()) count += blocks.length;
    }
    return count;
  }

  /** The content of a batch; undefined for an unknown or forgotten batch. */
  get(batchTime: BatchTime): AllocatedBatch | undefined {
    return this.#batches.get(batchTime);
  }

  /** Adds a batch. */
  set(batchTime: BatchTime, batch: AllocatedBatch): void {
    this.#batches.set(batchTime, batch);
  }

  /** The blocks of all streams in the batches after this one. */
  blocksAfter(batchTime: BatchTime): readonly ReceivedBlockInfo[] {
    return [...this.#batches]
      .filter(([time]) => time > batchTime)
      .flatMap(([, { input }]) => [...input.blocks.values()].flat());
  }

  /** Forgets the batches before `threshold`; false when there were none. */
  forgetBefore(threshold: BatchTime): boolean {
    const old = this.times.filter((batchTime) => batchTime < threshold);
    for (const batchTime of old) this.#batches.delete(batchTime);
    return old.length > 0;
  }

  /** Notes the source positions after forgotten batches. */
  notePositions(positions: Positions): void {
    for (const [streamId, position] of positions) this.#forgottenPositions.set(streamId, position);
  }

  /**
   * The source position of each stream after the batches before `threshold`, or after later forgotten batches: as long
   * as the log has later batches, their own positions count. Streams that are not replayable are left out.
   */
  positionsBefore(threshold: BatchTime, streamIds: Iterable<StreamId>): Positions {
    const positions = new Map<StreamId, unknown>();
    const old = [...this.#batches].filter(([batchTime]) => batchTime < threshold);
    for (const id of streamIds) {
      const blocks = old.flatMap(([, { input }]) => input.blocks.get(id) ?? []);
      const position = positionOf(blocks) ?? this.#forgottenPositions.get(id);
      if (position !== undefined) positions.set(id, position);
    }
    return positions;
  }

  /** The source position of a stream after all its batches and waiting blocks; undefined when unknown. */
  lastPosition(streamId: StreamId, waiting: readonly ReceivedBlockInfo[]): unknown {
    const allocated = [...this.#batches.values()].flatMap(({ input }) => input.blocks.get(streamId) ?? []);
    return positionOf([...allocated, ...waiting]) ?? this.#forgottenPositions.get(streamId);
  }

  /** Leaves blocks out of the batches after `batchTime`. */
  keepBlocks(batchTime: BatchTime, isKept: (block: ReceivedBlockInfo) => boolean): void {
    for (const [time, { input, inputs }] of this.#batches) {
      if (time <= batchTime) continue;
      const blocks = new Map([...input.blocks].map(([id, infos]) => [id, infos.filter(isKept)]));
      this.#batches.set(time, { input: { batchTime: time, blocks }, inputs });
    }
  }

  /** Forgets the blocks, the inputs and the position of a stream. */
  dropStream(streamId: StreamId): void {
    this.#forgottenPositions.delete(streamId);
    for (const [batchTime, { input, inputs }] of this.#batches) {
      const blocks = new Map(input.blocks).set(streamId, []);
      const kept = new Map(inputs);
      kept.delete(streamId);
      this.#batches.set(batchTime, { input: { batchTime, blocks }, inputs: kept });
    }
  }
}

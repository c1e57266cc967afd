// The batches that have got their blocks, as far as unfinished batches and windows need them; the log has the others.
// Of a replayable source, what is forgotten leaves behind where the source goes on.
import type { BatchTime, ReceivedBlockInfo, StreamId } from '@millrace/core';
import { ReleasingMap } from '@millrace/core/engine';
import type { BatchAllocation } from './metadata-log.ts';
import { positionOf } from './positions.ts';

/** What a batch is made of. */
export type AllocatedBatch = Pick<BatchAllocation, 'input' | 'inputs'>;

/** Where streams go on behind some batches. */
export type Positions = ReadonlyMap<StreamId, unknown>;

/** See the header of this file. */
export class AllocatedBatches {
  /** Ascending, because allocations are. */
  readonly #batches = new ReleasingMap<BatchTime, AllocatedBatch>();
  /** Where each replayable stream goes on behind the blocks of batches that are forgotten. */
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

  /** What a batch is made of; undefined when it is not known or forgotten. */
  get(batchTime: BatchTime): AllocatedBatch | undefined {
    return this.#batches.get(batchTime);
  }

  /** Takes in a batch. */
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

  /** Notes where streams go on behind what is forgotten. */
  notePositions(positions: Positions): void {
    for (const [streamId, position] of positions) this.#forgottenPositions.set(streamId, position);
  }

  /**
   * Where each of the streams goes on behind the batches before `threshold`, or behind later ones that are forgotten:
   * as long as the log has those, their own positions count. Streams that are not replayable are left out.
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

  /** Where a stream goes on behind all its batches and the blocks that wait; undefined when nobody knows. */
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

  /** Forgets what a stream had in them, and where it went on. */
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

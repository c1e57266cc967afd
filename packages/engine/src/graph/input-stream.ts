// The view of input streams that the graph needs, so that the graph does not depend on the kinds of streams.
import type { BatchTime, ReceivedBlockInfo, StreamId } from '@millrace/core';
import type { DeadRecord } from '@millrace/core/engine';
import type { RecordErrorReaction } from '../record-errors/record-error-rule.ts';
import type { GraphStream } from './graph-stream.ts';
import type { PlaceOfData } from './place-of-data.ts';

/** A stream with a source of its own. `InputDStream` implements the interface and documents the methods. */
export interface InputStream extends GraphStream<unknown> {
  readonly streamId: StreamId;
  /** A readable name, with the stream id at the end. */
  readonly name: string;
  /** True when another component allocates the stream's input. */
  readonly isAllocated: boolean;
  /** The reaction to records that cannot be stored. */
  readonly recordErrorReaction: RecordErrorReaction;
  /** The place that executors read from; undefined when the engine does not know the place. */
  readonly place: PlaceOfData | undefined;
  /** Takes the input of a batch, once. */
  prepare(batchTime: BatchTime, allocated?: readonly ReceivedBlockInfo[]): Promise<void>;
  /** The records that were left out of the input of a batch and become dead letters. */
  leftOutAt(batchTime: BatchTime): readonly DeadRecord[];
  /** The input of a batch, as data. */
  exportInput(batchTime: BatchTime): unknown;
  /** Restores an input from data. */
  restoreInput(batchTime: BatchTime, data: unknown): void;
  /** Restores the input of a batch that an earlier driver completed. */
  recoverDone(batchTime: BatchTime): void;
}

// The destination of a program's sink: the destination outlives every process, and its content is read directly.
import type { Sink } from '@millrace/core';
import type { SimProgramSetup } from '../../sim-output.ts';
import type { PartitionKey, Partitions, SinkRow } from './sink-row.ts';

/** A partition that the record of writes of a sink has dropped. */
export interface DroppedWrite {
  readonly partitions: number;
  readonly rows: number;
}

/** A destination. */
export interface SinkPlace {
  /** The sink of one process. */
  sinkFor(setup: SimProgramSetup): Sink<SinkRow>;
  /**
   * The currently visible partitions.
   *
   * @param complain Called for content that no sink may leave behind.
   */
  look(complain: (what: string) => void): Partitions;
  /** Tells whether a path is the final name of a partition; absent without files. */
  isPartition?(path: string): boolean;
  /** Present when later batches replace rows of earlier ones: the current rows. */
  rows?(): readonly unknown[];
  /**
   * Removes the output of a batch, so that the batch can be written again. No process uses the destination meanwhile.
   */
  remove(batchTime: number): Promise<void>;
  /**
   * Restores the sink's record of these writes, which the sink has dropped because of its age, and lets later sinks keep
   * more. No process uses the destination meanwhile.
   */
  restore?(outputOperation: number, writes: ReadonlyMap<PartitionKey, DroppedWrite>): Promise<void>;
  /** Checks for leftovers after all writes have ended. */
  checkAtRest(complain: (what: string) => void): Promise<void>;
  /** Releases the resources of the real machine. */
  close(): void;
}

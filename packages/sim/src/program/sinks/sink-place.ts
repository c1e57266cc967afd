// The destination of a program's sink: the destination outlives every process, and its content is read directly.
import type { Sink } from '@millrace/core';
import type { SimProgramSetup } from '../../sim-output.ts';
import type { Partitions, SinkRow } from './sink-row.ts';

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
  /**
   * Removes the output of a batch, so that the batch can be written again. No process uses the destination meanwhile.
   */
  remove(batchTime: number): Promise<void>;
  /** Checks for leftovers after all writes have ended. */
  checkAtRest(complain: (what: string) => void): Promise<void>;
  /** Releases the resources of the real machine. */
  close(): void;
}

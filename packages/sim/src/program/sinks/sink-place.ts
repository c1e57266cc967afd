// The place outside that a sink of a program writes to: it outlives every process, and is looked at the plain way.
import type { Sink } from '@millrace/core';
import type { SimProgramSetup } from '../../sim-output.ts';
import type { Partitions, SinkRow } from './sink-row.ts';

/** One place. */
export interface SinkPlace {
  /** The sink of one process. */
  sinkFor(setup: SimProgramSetup): Sink<SinkRow>;
  /**
   * The partitions as they can be seen now.
   *
   * @param complain Told of whatever no sink may leave there.
   */
  look(complain: (what: string) => void): Partitions;
  /** Removes what an output of a batch has written, so that it may be written anew. No process uses the place then. */
  remove(batchTime: number): Promise<void>;
  /** Looks for what is left behind once nothing writes any more. */
  checkAtRest(complain: (what: string) => void): Promise<void>;
  /** Gives back what the place has taken of the real machine. */
  close(): void;
}

// One life of the driver of a simulated world.
import type { StreamingContext } from '@millrace/engine';
import type { SimExecutors } from './sim-executors.ts';
import type { SimProcess } from './sim-process.ts';

/** See the header of this file. */
export interface SimDriver {
  readonly process: SimProcess;
  readonly ssc: StreamingContext;
  /** Undefined when the driver's process is the only one. */
  readonly executors: SimExecutors | undefined;
  /** True when the driver began while faults were on. */
  readonly hasSeenFaults: boolean;
  isStopping: boolean;
  /** True when the disk has refused an operation permanently. */
  isRefused: boolean;
  /** True when an executor could not start because its disk had refused an operation permanently. */
  hasRefusedExecutor: boolean;
  /** True when the engine reported a fatal error. */
  hasFailed: boolean;
}

// One life of the driver of a simulated world.
import type { StreamingContext } from '@millrace/engine';
import type { SimExecutors } from './sim-executors.ts';
import type { SimProcess } from './sim-process.ts';

/** See the header of this file. */
export interface SimDriver {
  readonly process: SimProcess;
  readonly ssc: StreamingContext;
  /** Undefined: its process is the only one. */
  readonly executors: SimExecutors | undefined;
  /** Whether it began while faults were on. */
  readonly hasSeenFaults: boolean;
  isStopping: boolean;
  /** Whether its disk has refused something for good. */
  isRefused: boolean;
  /** Whether the engine has said that it cannot go on. */
  hasFailed: boolean;
}

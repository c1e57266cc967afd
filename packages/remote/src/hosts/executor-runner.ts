// The port of a host for running executors: as threads of the host process, or in memory in tests.
import type { ExecutorExit } from '../executor-launcher.ts';
import type { HostLaunch } from './host-messages.ts';

/** An executor of a host. */
export interface RunningExecutor {
  /** Registers the listener of the executor's end, which is called once. */
  onExit(exited: (exit: ExecutorExit) => void): void;
  /** Ends the executor at once, in any state. Resolves when the executor is gone. */
  terminate(): Promise<void>;
}

/** Runs executors. */
export interface ExecutorRunner {
  /** Begins to run an executor. @throws any error that the driver should hear. */
  run(launch: HostLaunch): RunningExecutor;
}

// The port for launching executors, in the view of the backend: as threads, processes, on hosts, or in memory in tests. A
// launcher loads the program, connects the executor with the driver, and reports the end of the executor.
import type { ExecutorId, MillraceError } from '@millrace/core';
import type { Connector, Transport } from './transport.ts';

/** The parameters of a launch. */
export interface LaunchRequest {
  /** The name of the slot; see `ExecutorSession.slot`. */
  readonly slot: string;
  readonly application: string;
}

/** The end of an executor. */
export interface ExecutorExit {
  readonly reason: MillraceError;
  /** True when the program ended by itself and without an error. */
  readonly isQuiet: boolean;
}

/** A launched executor. */
export interface LaunchedExecutor {
  /** The host on which the executor runs, as block locations and `preferredHost` name hosts. */
  readonly host: string;
  /** The connection between driver and executor. */
  readonly end: Transport;
  /** Registers the listener of the executor's end, which is called once. */
  onExit(exited: (exit: ExecutorExit) => void): void;
  /** Terminates the executor at once, in any state. Resolves when the executor is gone. */
  terminate(): Promise<void>;
}

/** Launches executors and connects executors with each other. */
export interface ExecutorLauncher extends Connector {
  /** The useful number of executors now, for instance the number of cores. Read for each decision. */
  readonly places: number;
  /** Launches the executor of a place. @throws a coded error of the launcher; disposition `stop-engine` when no retry helps. */
  launch(request: LaunchRequest): LaunchedExecutor;
  /** The name of a place, from the place's number and the number of earlier executors there. */
  slotName(index: number, life: number): string;
  /** The id of an executor. Must never repeat within one backend. */
  executorName(index: number, life: number): ExecutorId;
}

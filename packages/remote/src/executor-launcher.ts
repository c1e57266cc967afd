// The port for launching executors, in the view of the backend: as threads, processes, on hosts, or in memory in tests. A
// launcher loads the program, connects the executor with the driver, and reports the end of the executor.
import type { Epoch, ExecutorId, MillraceError } from '@millrace/core';
import type { ServedMasters } from '@millrace/core/engine';
import type { Connector, Transport } from './transport.ts';

/** The parameters of a launch. */
export interface LaunchRequest {
  /** The number of the place, from 0. */
  readonly index: number;
  /** The number of earlier executors of the place. */
  readonly life: number;
  readonly application: string;
}

/** The driver that opens a launcher. */
export interface LauncherOpening {
  readonly application: string;
  /** The epoch of the driver. */
  readonly epoch: Epoch;
  /** The number of executors of the start; undefined: as many as there are places. */
  readonly wanted: number | undefined;
}

/** The end of an executor. */
export interface ExecutorExit {
  readonly reason: MillraceError;
  /** True when the program ended by itself and without an error. */
  readonly isQuiet: boolean;
}

/** A launched executor. */
export interface LaunchedExecutor {
  /** Must never repeat within one backend. */
  readonly executorId: ExecutorId;
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
  /** See `ExecutorBackend.spansHosts`. Default false. */
  readonly spansHosts?: boolean;
  /** See `ExecutorBackend.serves`. */
  readonly serves?: ServedMasters;
  /**
   * Launches the executor of a place.
   *
   * @throws a coded error of the launcher; disposition `stop-engine` when no retry helps. `MR_REMOTE_NO_PLACE` when all places
   *   are occupied: the launch is repeated after a change of places.
   */
  launch(request: LaunchRequest): LaunchedExecutor;
  /** Prepares for launches. Called once, before the first launch. Absent: nothing to prepare. */
  open?(opening: LauncherOpening): Promise<void>;
  /**
   * Registers the listener of changes of `places`, and of places that have become free. Present when places come and go while a
   * program runs: a start does not wait for places that do not exist yet. Called once, before `open`.
   */
  onPlaces?(changed: () => void): void;
  /** Called once after all executors have ended. Absent: nothing to close. */
  close?(): Promise<void>;
}

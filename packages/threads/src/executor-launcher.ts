// The launching of executors, as used by the backend: a launcher loads the program, provides a connection, and reports
// the end of the executor with its reason. Threads are one implementation (`thread-launcher.ts`); tests have one in
// memory.
import type { MillraceError } from '@millrace/core';
import type { Connector, Transport } from './transport.ts';

/** The parameters of a launch. */
export interface LaunchRequest {
  /** The name of the slot; see `ExecutorSession.slot`. */
  readonly slot: string;
  readonly application: string;
}

/** A launched executor. */
export interface LaunchedExecutor {
  readonly end: Transport;
  /** Registers the callback for the end of the executor, which is called once with the reason. */
  onExit(exited: (reason: MillraceError) => void): void;
  /** Terminates the executor at once, in any state. Resolves when the executor is gone. */
  terminate(): Promise<void>;
}

/** Launches executors and connects them. */
export interface ExecutorLauncher extends Connector {
  /** @throws `MR_THREADS_NO_PROGRAM`. */
  launch(request: LaunchRequest): LaunchedExecutor;
  /** The name of a slot, from its number and the number of earlier lives in the slot. */
  slotName(index: number, life: number): string;
}

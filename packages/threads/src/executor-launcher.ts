// How executors come to be, as the backend sees it: something that loads the program somewhere, gives a connection to it
// and tells when and why it has ended. Threads are one way (`thread-launcher.ts`); tests have one in memory.
import type { MillraceError } from '@millrace/core';
import type { Connector, Transport } from './transport.ts';

/** What an executor is launched for. */
export interface LaunchRequest {
  /** The name of its place; see `ExecutorSession.slot`. */
  readonly slot: string;
  readonly application: string;
}

/** A launched executor. */
export interface LaunchedExecutor {
  readonly end: Transport;
  /** Says who is told why it has ended, once. */
  onExit(exited: (reason: MillraceError) => void): void;
  /** Ends it at once, whatever it does. Resolves when it is gone. */
  terminate(): Promise<void>;
}

/** Launches executors and connects them. */
export interface ExecutorLauncher extends Connector {
  /** @throws `MR_THREADS_NO_PROGRAM`. */
  launch(request: LaunchRequest): LaunchedExecutor;
  /** The name of a place, from its number and how often it was given away before. */
  slotName(index: number, life: number): string;
}

// The executors of a context, as chosen by its master.
import type { ExecutorBackend } from '@millrace/core';

/** The backend of a context, with the requested number of executors. */
export interface ChosenExecutors {
  readonly backend: ExecutorBackend;
  readonly executors?: number | 'one-per-core';
  /** The address of the executors, when the master is one. */
  readonly at?: string;
}

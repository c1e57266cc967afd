// The data that a host gives to the thread of an executor.
import { isMainThread, workerData } from 'node:worker_threads';
import type { NatsLinkOptions } from '../link/link-options.ts';

/** The key of the data in `workerData`, beside any keys of the program. */
export const HOST_EXECUTOR_KEY = 'millrace:host-executor';

/** The data of an executor. */
export interface HostExecutorData {
  /** The application, as part of subjects. */
  readonly app: string;
  /** The session with the driver; the executor has side `b`. */
  readonly session: string;
  /** The name of the slot; see `ExecutorSession.slot`. */
  readonly slot: string;
  /** The connections of the host, with the host's credentials. */
  readonly link: NatsLinkOptions;
}

/** The data of this thread as an executor of a host; undefined elsewhere. */
export function ownExecutorData(): HostExecutorData | undefined {
  if (isMainThread || typeof workerData !== 'object' || workerData === null) return undefined;
  return (workerData as { [HOST_EXECUTOR_KEY]?: HostExecutorData })[HOST_EXECUTOR_KEY];
}

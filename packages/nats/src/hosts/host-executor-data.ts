// The data that a host gives to the thread of an executor.
import { isMainThread, type MessagePort, workerData } from 'node:worker_threads';
import type { DataTls } from '@millrace/remote';
import type { NatsLinkOptions } from '../link/link-options.ts';

/** The key of the data in `workerData`, beside any keys of the program. */
export const HOST_EXECUTOR_KEY = 'millrace:host-executor';

/** Direct transfer of an executor. */
export interface ExecutorDirectData {
  /** See `HostLaunch.dataSecret`. */
  readonly secret: Uint8Array;
  /** The port to the data server of the host. Absent: the host has none. */
  readonly port?: MessagePort | undefined;
  /** For requests to the data servers of other hosts. */
  readonly tls?: DataTls | undefined;
}

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
  /** Absent: the driver does not use direct transfer. */
  readonly direct?: ExecutorDirectData;
}

/** The data of this thread as an executor of a host; undefined elsewhere. */
export function ownExecutorData(): HostExecutorData | undefined {
  if (isMainThread || typeof workerData !== 'object' || workerData === null) return undefined;
  return (workerData as { [HOST_EXECUTOR_KEY]?: HostExecutorData })[HOST_EXECUTOR_KEY];
}

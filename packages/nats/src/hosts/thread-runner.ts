// Runs executors of a host as threads of the host process.
import {
  type DataTls,
  type ExecutorRunner,
  ExecutorThread,
  type HostData,
  type HostLaunch,
  type RunningExecutor,
} from '@millrace/remote';
import { clusterError } from '../cluster-errors.ts';
import type { NatsLinkOptions } from '../link/link-options.ts';
import { HOST_EXECUTOR_KEY, type HostExecutorData } from './host-executor-data.ts';

/** The host of the threads. */
export interface ThreadRunnerOptions {
  readonly app: string;
  readonly host: string;
  /** The script of the program: a path or a file URL. */
  readonly program: string;
  readonly link: NatsLinkOptions;
  /** The data server of the host. Absent: other hosts fetch over sessions. */
  readonly data?: HostData | undefined;
  /** For requests of executors to the data servers of other hosts. */
  readonly dataTls?: DataTls | undefined;
}

const CODES = {
  exited: 'MR_CLUSTER_EXECUTOR_EXITED',
  crashed: 'MR_CLUSTER_EXECUTOR_CRASHED',
  'out-of-memory': 'MR_CLUSTER_EXECUTOR_OUT_OF_MEMORY',
} as const;

/** Starts a thread for each launch. */
export class ThreadRunner implements ExecutorRunner {
  readonly #options: ThreadRunnerOptions;

  constructor(options: ThreadRunnerOptions) {
    this.#options = options;
  }

  run({ session, slot, executorId, application, argv, dataSecret }: HostLaunch): RunningExecutor {
    const { app, host, program, link, data: server, dataTls: tls } = this.#options;
    if (application !== app) {
      const message = `expected a launch for the application ${app}, got one for ${application}`;
      throw clusterError('MR_CLUSTER_BAD_REQUEST', message, { details: { app, application } });
    }
    const direct =
      dataSecret === undefined
        ? undefined
        : { secret: dataSecret, port: server?.connect(executorId, dataSecret), tls };
    const data: HostExecutorData = {
      app,
      session,
      slot: `${host}-${slot}`,
      link,
      ...(direct === undefined ? {} : { direct }),
    };
    return new ExecutorThread({
      script: program,
      name: `millrace-${data.slot}`,
      argv,
      workerData: { [HOST_EXECUTOR_KEY]: data },
      transferList: direct?.port === undefined ? [] : [direct.port],
      errorOf: (end, message, options) => clusterError(CODES[end], message, options),
    });
  }
}

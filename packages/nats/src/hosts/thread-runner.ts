// Runs executors of a host as threads of the host process.
import { ExecutorThread, type ExecutorRunner, type HostLaunch, type RunningExecutor } from '@millrace/remote';
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

  run({ session, slot, application, argv }: HostLaunch): RunningExecutor {
    const { app, host, program, link } = this.#options;
    if (application !== app) {
      const message = `expected a launch for the application ${app}, got one for ${application}`;
      throw clusterError('MR_CLUSTER_BAD_REQUEST', message, { details: { app, application } });
    }
    const data: HostExecutorData = { app, session, slot: `${host}-${slot}`, link };
    return new ExecutorThread({
      script: program,
      name: `millrace-${data.slot}`,
      argv,
      workerData: { [HOST_EXECUTOR_KEY]: data },
      errorOf: (end, message, options) => clusterError(CODES[end], message, options),
    });
  }
}

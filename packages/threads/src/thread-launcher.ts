// Executors as threads of this process. Each thread loads the program's script anew, with the same arguments. The
// `workerData` of the thread marks the thread as an executor and contains the port to the driver.
import { availableParallelism } from 'node:os';
import { MessageChannel, type MessagePort, type ResourceLimits } from 'node:worker_threads';
import type { ExecutorId } from '@millrace/core';
import {
  type ExecutorLauncher,
  ExecutorThread,
  type LaunchedExecutor,
  type LaunchRequest,
  threadConnector,
  WorkerTransport,
} from '@millrace/remote';
import { threadsError } from './threads-errors.ts';

/** The launch parameters inside a thread. */
export interface WorkerSessionData {
  /** The name of the slot; see `ExecutorSession.slot`. */
  readonly slot: string;
  readonly application: string;
  readonly port: MessagePort;
}

/** The key of the launch parameters in `workerData`, beside any keys of the program. */
export const SESSION_KEY = 'millrace:executor';

const CODES = {
  exited: 'MR_THREADS_EXITED',
  crashed: 'MR_THREADS_CRASHED',
  'out-of-memory': 'MR_THREADS_OUT_OF_MEMORY',
} as const;

/** Options of the launcher. */
export interface ThreadLauncherOptions {
  /** The script: a path or a file URL. Default: the script that started this process. */
  readonly program?: string | undefined;
  readonly resourceLimits?: ResourceLimits | undefined;
}

/** Launches threads. */
export class ThreadLauncher implements ExecutorLauncher {
  readonly places = availableParallelism();
  readonly pair = threadConnector.pair;
  readonly adopt = threadConnector.adopt;
  readonly #options: ThreadLauncherOptions;

  constructor(options: ThreadLauncherOptions) {
    this.#options = options;
  }

  launch({ index, life, application }: LaunchRequest): LaunchedExecutor {
    const { port1, port2 } = new MessageChannel();
    const session: WorkerSessionData = { slot: slotName(index, life), application, port: port2 };
    const { resourceLimits } = this.#options;
    const thread = new ExecutorThread({
      script: this.#script(),
      name: `millrace-${session.slot}`,
      argv: process.argv.slice(2),
      workerData: { [SESSION_KEY]: session },
      transferList: [port2],
      resourceLimits,
      errorOf: (end, message, options) => threadsError(CODES[end], message, options),
    });
    return {
      executorId: executorName(index, life),
      host: 'localhost',
      end: new WorkerTransport(port1),
      onExit: (exited) => thread.onExit(exited),
      terminate: () => thread.terminate(),
    };
  }

  #script(): string {
    const { program = process.argv[1] } = this.#options;
    if (program === undefined) {
      throw threadsError(
        'MR_THREADS_NO_PROGRAM',
        'the process was started without a script; give threads({ program: import.meta.url })',
      );
    }
    return program;
  }
}

/**
 * The thread that opened the log of a slot holds the lock of the log. A successor can take the lock over only on systems
 * that report ended threads; on any other system the successor gets a new slot name.
 */
function slotName(index: number, life: number): string {
  return process.platform === 'linux' || life === 0 ? `${index}` : `${index}-${life}`;
}

function executorName(index: number, life: number): ExecutorId {
  return life === 0 ? `thread-${index}` : `thread-${index}.${life}`;
}

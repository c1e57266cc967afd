// Executors as threads of this process. Each thread loads the program's script anew, with the same arguments. The
// `workerData` of the thread marks the thread as an executor and contains the port to the driver.
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isError, serializeError } from '@millrace/core/engine';
import { MessageChannel, type MessagePort, type ResourceLimits, Worker } from 'node:worker_threads';
import type { ExecutorExit, ExecutorLauncher, LaunchedExecutor, LaunchRequest } from '@millrace/remote';
import { WorkerTransport, threadConnector } from './worker-transport.ts';
import { threadsError } from './threads-errors.ts';

/** The launch parameters inside a thread. */
export interface WorkerSessionData extends LaunchRequest {
  readonly port: MessagePort;
}

/** The key of the launch parameters in `workerData`, beside any keys of the program. */
export const SESSION_KEY = 'millrace:executor';

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

  /**
   * The thread that opened the log of a slot holds the lock of the log. A successor can take the lock over only on
   * systems that report ended threads; on any other system the successor gets a new slot name.
   */
  slotName(index: number, life: number): string {
    return process.platform === 'linux' || life === 0 ? `${index}` : `${index}-${life}`;
  }

  executorName(index: number, life: number): string {
    return life === 0 ? `thread-${index}` : `thread-${index}.${life}`;
  }

  launch(request: LaunchRequest): LaunchedExecutor {
    const { port1, port2 } = new MessageChannel();
    const session: WorkerSessionData = { ...request, port: port2 };
    const { resourceLimits } = this.#options;
    const worker = new Worker(this.#script(), {
      name: `millrace-${request.slot}`,
      argv: process.argv.slice(2),
      workerData: { [SESSION_KEY]: session },
      transferList: [port2],
      ...(resourceLimits === undefined ? {} : { resourceLimits }),
    });
    return new LaunchedThread(worker, port1);
  }

  #script(): string {
    const { program = process.argv[1] } = this.#options;
    if (program === undefined) {
      throw threadsError(
        'MR_THREADS_NO_PROGRAM',
        'the process was started without a script; give threads({ program: import.meta.url })',
      );
    }
    return program.startsWith('file:') ? fileURLToPath(program) : resolve(program);
  }
}

class LaunchedThread implements LaunchedExecutor {
  readonly host = 'localhost';
  readonly end: WorkerTransport;
  readonly #worker: Worker;
  #error: unknown;

  constructor(worker: Worker, port: MessagePort) {
    this.#worker = worker;
    this.end = new WorkerTransport(port);
    // The following exit event reports the error.
    worker.on('error', (error) => (this.#error = error));
  }

  onExit(exited: (exit: ExecutorExit) => void): void {
    this.#worker.once('exit', (exitCode) => exited(exitOf(exitCode, this.#error)));
  }

  async terminate(): Promise<void> {
    await this.#worker.terminate();
  }
}

function exitOf(exitCode: number, error: unknown): ExecutorExit {
  if (error === undefined) {
    const message = `the thread ended with exit code ${exitCode}`;
    const reason = threadsError('MR_THREADS_EXITED', message, { details: { exitCode } });
    return { reason, isQuiet: exitCode === 0 };
  }
  const { message } = serializeError(error);
  const isOutOfMemory = isError(error) && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
  const reason = isOutOfMemory
    ? threadsError('MR_THREADS_OUT_OF_MEMORY', `the thread ran out of memory: ${message}`, { cause: error })
    : threadsError('MR_THREADS_CRASHED', `nobody caught: ${message}`, { cause: error });
  return { reason, isQuiet: false };
}

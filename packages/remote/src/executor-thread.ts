// An executor as a thread of this process: the thread loads the program's script anew, and `workerData` marks the thread as
// an executor. Used for executors beside the driver, and for executors of a host.
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ResourceLimits, type Transferable, Worker } from 'node:worker_threads';
import type { MillraceError } from '@millrace/core';
import { isError, serializeError } from '@millrace/core/engine';
import type { ExecutorExit } from './executor-launcher.ts';

/** The end of a thread: by `process.exit` or from outside, by an uncaught error, or at its memory limit. */
export type ThreadEnd = 'exited' | 'crashed' | 'out-of-memory';

/** Options of a thread. */
export interface ExecutorThreadOptions {
  /** The script: a path or a file URL. */
  readonly script: string;
  /** The name of the thread in tools. */
  readonly name: string;
  /** The arguments of the program. */
  readonly argv: readonly string[];
  /** Data for the program in the thread; see `workerData` of node:worker_threads. */
  readonly workerData: object;
  readonly transferList?: readonly Transferable[];
  readonly resourceLimits?: ResourceLimits | undefined;
  /** Makes the error of an end. */
  readonly errorOf: (
    end: ThreadEnd,
    message: string,
    options: { readonly cause?: unknown; readonly details?: Readonly<Record<string, unknown>> },
  ) => MillraceError;
}

/** One thread. */
export class ExecutorThread {
  readonly #worker: Worker;
  readonly #errorOf: ExecutorThreadOptions['errorOf'];
  #error: unknown;

  /** Starts the thread. @throws the error of the system when there is no thread. */
  constructor({ script, argv, transferList, resourceLimits, errorOf, ...options }: ExecutorThreadOptions) {
    this.#errorOf = errorOf;
    this.#worker = new Worker(scriptPath(script), {
      ...options,
      argv: [...argv],
      transferList: [...(transferList ?? [])],
      ...(resourceLimits === undefined ? {} : { resourceLimits }),
    });
    // The following exit event reports the error.
    this.#worker.on('error', (error) => (this.#error = error));
  }

  /** Registers the listener of the end, which is called once. */
  onExit(exited: (exit: ExecutorExit) => void): void {
    this.#worker.once('exit', (exitCode) => exited(this.#exitOf(exitCode)));
  }

  /** Ends the thread at once. Resolves when the thread is gone. */
  async terminate(): Promise<void> {
    await this.#worker.terminate();
  }

  #exitOf(exitCode: number): ExecutorExit {
    const cause = this.#error;
    if (cause === undefined) {
      const message = `the thread ended with exit code ${exitCode}`;
      return { reason: this.#errorOf('exited', message, { details: { exitCode } }), isQuiet: exitCode === 0 };
    }
    const { message } = serializeError(cause);
    const isOutOfMemory = isError(cause) && 'code' in cause && cause.code === 'ERR_WORKER_OUT_OF_MEMORY';
    const reason = isOutOfMemory
      ? this.#errorOf('out-of-memory', `the thread ran out of memory: ${message}`, { cause })
      : this.#errorOf('crashed', `nobody caught: ${message}`, { cause });
    return { reason, isQuiet: false };
  }
}

/** The absolute path of a script that is given as a path or a file URL. */
export function scriptPath(program: string): string {
  return program.startsWith('file:') ? fileURLToPath(program) : resolve(program);
}

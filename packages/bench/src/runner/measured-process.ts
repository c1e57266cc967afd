// A program in a process of its own, and its use of the processor so far.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const ANSWER_MS = 60_000;

/** The use of a process so far. */
export interface ProcessUsage {
  /** The CPU time of the process, in microseconds. */
  readonly cpuMicros: number;
  /** The records that are processed. */
  readonly records: number;
}

/** A running process. `R`: the first message of the process, see `answerBench`. */
export class MeasuredProcess<R> {
  readonly ready: R;
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess, ready: R) {
    this.#process = process;
    this.ready = ready;
  }

  /**
   * Starts a script with an argument. Resolves when the script calls `answerBench`.
   *
   * @param flags Flags of Node. Default: none.
   */
  static async start<R>(
    script: URL,
    argument: string,
    flags: readonly string[] = [],
  ): Promise<MeasuredProcess<R>> {
    const child = fork(fileURLToPath(script), [argument], {
      execArgv: ['--conditions=millrace:source', ...flags],
    });
    try {
      return new MeasuredProcess(child, (await answerOf(child)) as R);
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
  }

  /** The use of the process so far. */
  async usage(): Promise<ProcessUsage> {
    const answered = answerOf(this.#process);
    this.#process.send('usage');
    return (await answered) as ProcessUsage;
  }

  /** Ends the process. */
  async close(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exited = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await exited;
  }
}

/** Called in the process: sends `ready` and, on each message of the bench, the usage. The process ends with the bench. */
export function answerBench(ready: object, recordsSoFar: () => number): void {
  const send = (message: object): void => void process.send?.(message);
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    send({ cpuMicros: user + system, records: recordsSoFar() } satisfies ProcessUsage);
  });
  process.on('disconnect', () => process.exit());
  send(ready);
}

/** The next message. @throws when the process ends, or stays silent. */
async function answerOf(child: ChildProcess): Promise<unknown> {
  const over = new AbortController();
  const { signal } = over;
  const late = setTimeout(
    () => over.abort(new Error(`the process did not answer in ${ANSWER_MS} ms`)),
    ANSWER_MS,
  );
  const onExit = (code: number | null): void => over.abort(new Error(`the process ended with ${code}`));
  child.once('exit', onExit);
  try {
    const [message] = (await once(child, 'message', { signal })) as [unknown];
    return message;
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    clearTimeout(late);
    child.off('exit', onExit);
  }
}

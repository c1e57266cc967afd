// A counting engine in a process of its own, from the view of the bench.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { CountingOptions, ProgramReady, ProgramUsage } from './program-messages.ts';

const ANSWER_MS = 60_000;
const SCRIPT = fileURLToPath(new URL('./counting-engine.ts', import.meta.url));

/** A running program. */
export class CountingProgram {
  /** The address of the dashboard; empty without a dashboard. */
  readonly dashboard: string;
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess, dashboard: string) {
    this.#process = process;
    this.dashboard = dashboard;
  }

  /** Starts the program. Resolves when its engine runs. */
  static async start(options: CountingOptions): Promise<CountingProgram> {
    const child = fork(SCRIPT, [JSON.stringify(options)], { execArgv: ['--conditions=millrace:source'] });
    const { dashboard } = (await answerOf(child)) as ProgramReady;
    return new CountingProgram(child, dashboard);
  }

  /** The use of the program so far. */
  async usage(): Promise<ProgramUsage> {
    const answered = answerOf(this.#process);
    this.#process.send('usage');
    return (await answered) as ProgramUsage;
  }

  /** Ends the process. */
  async close(): Promise<void> {
    const exited = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await exited;
  }
}

/** The next message. @throws when the program ends, or stays silent. */
async function answerOf(child: ChildProcess): Promise<unknown> {
  const signal = AbortSignal.timeout(ANSWER_MS);
  const ended = once(child, 'exit', { signal }).then(([code]) => {
    throw new Error(`the program ended with ${code}`);
  });
  const answered = once(child, 'message', { signal }).then(([message]: readonly unknown[]) => message);
  // The loser of the race ends with the signal or with the process.
  ended.catch(() => undefined);
  answered.catch(() => undefined);
  return Promise.race([answered, ended]);
}

// A program of an example, as a person runs the program: started, killed, started again, stopped by a signal.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** The program and its environment. */
export interface ProgramStart {
  /** The folder of the example. */
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  /** Arguments behind the directory. Default none. */
  readonly args?: readonly string[];
}

/** One process after the other, over one directory of data. Ends with the test. */
export class RunningProgram {
  /** Log, checkpoints and results of the program. */
  readonly directory = mkdtempSync(join(tmpdir(), 'millrace-example-'));
  readonly #start: ProgramStart;
  #process: ChildProcess | undefined;
  #errors = '';

  private constructor(start: ProgramStart) {
    this.#start = start;
    onTestFinished(async () => {
      await this.kill();
      rmSync(this.directory, { recursive: true, force: true });
    });
  }

  /** Starts a program, and waits until the program says that its receivers run. */
  static async start(start: ProgramStart): Promise<RunningProgram> {
    const program = new RunningProgram(start);
    await program.restart();
    return program;
  }

  /** Starts the program again, after `kill` or `stop`. @throws Error with the errors of a program that ends instead. */
  async restart(): Promise<void> {
    const main = join(import.meta.dirname, '..', this.#start.name, 'main.ts');
    const child = spawn(
      process.execPath,
      ['--conditions=millrace:source', main, this.directory, ...(this.#start.args ?? [])],
      {
        env: { ...process.env, ...this.#start.env },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    this.#process = child;
    child.stderr.on(
      'data',
      (bytes: Buffer) => (this.#errors = (this.#errors + bytes.toString()).slice(-8_000)),
    );
    const ready = once(child.stdout, 'data').then(() => 'ready' as const);
    const outcome = await Promise.race([ready, once(child, 'exit').then(() => 'exit' as const)]);
    if (outcome === 'exit') throw new Error(`the program ended instead of starting:\n${this.#errors}`);
  }

  /** Ends the program at once, like a crash. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Stops the program like Control-C. Resolves to its exit code and everything on its standard error. */
  async stop(): Promise<{ readonly code: number | null; readonly errors: string }> {
    const code = await this.#end('SIGINT');
    return { code, errors: this.#errors };
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null)
      return child?.exitCode ?? null;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
    return child.exitCode;
  }
}

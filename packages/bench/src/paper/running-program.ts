// A program under measurement and its source: sets the rate of the source, and collects the batches completed by the
// program.
import { setTimeout as pause } from 'node:timers/promises';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';
import { type BatchLine, readBatchLine } from './batch-line.ts';
import type { LineKind } from './line-pool.ts';
import type { LineServerData, LineServerMessage } from './line-server.ts';

/** The command that starts a program with the given port of the source. */
export type CommandFor = (port: number) => readonly [file: string, ...args: string[]];

/** The observations of a period. */
export interface Stretch {
  /** Completed batches with records. */
  readonly batches: readonly BatchLine[];
  /** The maximum backlog of the source, in milliseconds, when the program reads slower than the source sends. */
  readonly behindMs: number;
}

const START_MS = 60_000;

/** A running program. */
export class RunningProgram {
  readonly #source: Worker;
  readonly #program: ChildProcess;
  #batches: BatchLine[] = [];
  #behindMs = 0;
  #connections = 0;
  #failure: Error | undefined;
  readonly #errors: string[] = [];

  private constructor(source: Worker, program: ChildProcess) {
    this.#source = source;
    this.#program = program;
    source.on('message', (message: LineServerMessage) => {
      if (!('behindMs' in message)) return;
      this.#behindMs = Math.max(this.#behindMs, message.behindMs);
      this.#connections = message.connections;
    });
    source.on('error', (error: Error) => (this.#failure = error));
    if (program.stdout !== null) {
      createInterface({ input: program.stdout }).on('line', (line) => {
        const batch = readBatchLine(line);
        if (batch !== undefined && batch.records > 0) this.#batches.push(batch);
      });
    }
    program.stderr?.on('data', (chunk: Buffer) => this.#errors.push(chunk.toString()));
    program.on('error', (error) => (this.#failure = error));
    program.on('exit', (code) => {
      this.#failure ??= new Error(`the program ended with ${code}: ${this.#errors.join('').slice(-2_000)}`);
    });
  }

  /** Starts the source and the program, and waits until the first records are processed. */
  static async start(kind: LineKind, commandFor: CommandFor): Promise<RunningProgram> {
    const workerData: LineServerData = { kind };
    const source = new Worker(new URL('./line-server.ts', import.meta.url), { workerData });
    const [{ port }] = (await once(source, 'message')) as [{ port: number }];
    const [file, ...args] = commandFor(port);
    const program = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const running = new RunningProgram(source, program);
    try {
      await running.#begun();
    } catch (error) {
      await running.close();
      throw error;
    }
    return running;
  }

  /** Sends this many lines per second from now on. */
  send(linesPerSecond: number): void {
    this.#source.postMessage(linesPerSecond);
  }

  /** Waits, and returns the observations of this time. */
  async watch(durationMs: number): Promise<Stretch> {
    this.#batches = [];
    this.#behindMs = 0;
    await pause(durationMs);
    if (this.#failure !== undefined) throw this.#failure;
    return { batches: this.#batches, behindMs: this.#behindMs };
  }

  /** Stops the source and the program. */
  async close(): Promise<void> {
    this.#program.removeAllListeners('exit');
    if (
      this.#program.exitCode === null &&
      this.#program.signalCode === null &&
      this.#program.pid !== undefined
    ) {
      const exited = once(this.#program, 'exit');
      this.#program.kill('SIGKILL');
      await exited;
    }
    await this.#source.terminate();
  }

  async #begun(): Promise<void> {
    this.send(1_000);
    const untilMs = performance.now() + START_MS;
    while (this.#batches.length === 0) {
      if (this.#failure !== undefined) throw this.#failure;
      if (performance.now() > untilMs) {
        throw new Error(
          `no batch was done in ${START_MS} ms; ${this.#connections} connections; ${this.#errors.join('').slice(-2_000)}`,
        );
      }
      await pause(50);
    }
  }
}

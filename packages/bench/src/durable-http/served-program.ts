// A server as a process of its own, with a log in a directory of its own.
import { setTimeout as pause } from 'node:timers/promises';
import { type BenchDirectory, benchDirectory } from '../durability/bench-directory.ts';
import { MeasuredProcess, type ProcessUsage } from '../runner/measured-process.ts';

const LOOK_MS = 20;
const LOOKS_MAX = 500;

/** The first message of a server: the server has begun to listen. */
export interface ServerListening {
  readonly port: number;
}

/** A running server. */
export class ServedProgram {
  readonly #process: MeasuredProcess<ServerListening>;
  readonly #directory: BenchDirectory;

  private constructor(process: MeasuredProcess<ServerListening>, directory: BenchDirectory) {
    this.#process = process;
    this.#directory = directory;
  }

  /** Starts a script of this folder, which logs in a new directory. Resolves when the server listens. */
  static async start(script: string): Promise<ServedProgram> {
    const directory = benchDirectory();
    const url = new URL(script, import.meta.url);
    return new ServedProgram(await MeasuredProcess.start<ServerListening>(url, directory.path), directory);
  }

  get port(): number {
    return this.#process.ready.port;
  }

  /** The use of the server so far. */
  usage(): Promise<ProcessUsage> {
    return this.#process.usage();
  }

  /** Waits until the server has processed this number of records. @throws when the server does not, or has more. */
  async untilProcessed(records: number): Promise<void> {
    let found = 0;
    for (let look = 0; look < LOOKS_MAX && found < records; look += 1) {
      await pause(LOOK_MS);
      found = (await this.usage()).records;
    }
    if (found !== records) throw new Error(`${records} records were answered, ${found} were processed`);
  }

  /** Ends the process and removes its log. */
  async close(): Promise<void> {
    await this.#process.close();
    await this.#directory.remove();
  }
}

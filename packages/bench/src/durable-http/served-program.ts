// A server as a process of its own, and its use of the processor.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type BenchDirectory, benchDirectory } from '../durability/bench-directory.ts';
import type { ServerListening, ServerUsage } from './server-messages.ts';

const START_MS = 30_000;
const LOOK_MS = 20;
const LOOKS_MAX = 500;

/** A running server. */
export class ServedProgram {
  readonly port: number;
  readonly #process: ChildProcess;
  readonly #directory: BenchDirectory;

  private constructor(process: ChildProcess, port: number, directory: BenchDirectory) {
    this.#process = process;
    this.port = port;
    this.#directory = directory;
  }

  /** Starts a script of this folder, which logs in a new directory. Resolves when the server listens. */
  static async start(script: string): Promise<ServedProgram> {
    const directory = benchDirectory();
    const path = fileURLToPath(new URL(script, import.meta.url));
    const server = fork(path, [directory.path], { execArgv: ['--conditions=millrace:source'] });
    const [{ port }] = (await answerOf(server)) as [ServerListening];
    return new ServedProgram(server, port, directory);
  }

  /** The use of the server so far. */
  async usage(): Promise<ServerUsage> {
    const answered = answerOf(this.#process);
    this.#process.send('usage');
    const [usage] = (await answered) as [ServerUsage];
    return usage;
  }

  /** Waits until the server has processed this number of records. @throws when the server does not, or has more. */
  async untilProcessed(records: number): Promise<void> {
    let found = 0;
    for (let look = 0; look < LOOKS_MAX && found < records; look += 1) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      found = (await this.usage()).records;
    }
    if (found !== records) throw new Error(`${records} records were answered, ${found} were processed`);
  }

  /** Ends the process and removes its log. */
  async close(): Promise<void> {
    const exited = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await exited;
    await this.#directory.remove();
  }
}

/** The next message. @throws when the server ends, or stays silent. */
async function answerOf(server: ChildProcess): Promise<unknown[]> {
  const over = new AbortController();
  const { signal } = over;
  const late = setTimeout(
    () => over.abort(new Error(`the server did not answer in ${START_MS} ms`)),
    START_MS,
  );
  const onExit = (code: number | null): void => over.abort(new Error(`the server ended with ${code}`));
  server.once('exit', onExit);
  try {
    return await once(server, 'message', { signal });
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    clearTimeout(late);
    server.off('exit', onExit);
  }
}

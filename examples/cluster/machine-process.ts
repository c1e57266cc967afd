// A process on a machine of a cluster, with its output as lines and in a file. The process is in a group of its own: Ctrl-C in a
// terminal reaches the command alone, which ends its processes in order.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** A process to start. */
export interface ProcessStart {
  readonly namespace: string;
  /** The command with its arguments. */
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The file that gets both outputs. */
  readonly log: string;
  readonly onLine?: (line: string) => void;
}

/** A started process. */
export class MachineProcess {
  readonly #child: ChildProcess;
  readonly #log: string;
  readonly #exit: Promise<number | undefined>;
  readonly #lines: string[] = [];
  readonly #waiting = new Set<() => void>();

  constructor({ namespace, command, env = {}, log, onLine }: ProcessStart) {
    const file = createWriteStream(log, { flags: 'a' });
    this.#log = log;
    // `ip netns exec` becomes the command, under the same process id.
    this.#child = spawn('ip', ['netns', 'exec', namespace, ...command], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    for (const output of [this.#child.stdout, this.#child.stderr]) {
      if (output === null) continue;
      createInterface({ input: output }).on('line', (line) => {
        file.write(`${line}\n`);
        this.#lines.push(line);
        onLine?.(line);
        for (const look of this.#waiting) look();
      });
    }
    this.#exit = once(this.#child, 'close').then(([code]) => {
      file.end();
      for (const look of this.#waiting) look();
      return (code as number | null) ?? undefined;
    });
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Resolves when a line contains the text; rejects when the process ends before. */
  async writes(text: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const look = () => {
      if (this.#lines.some((line) => line.includes(text))) resolve();
      else if (this.hasEnded)
        reject(new Error(`a process ended before "${text}"; its output is in ${this.#log}`));
    };
    this.#waiting.add(look);
    look();
    await promise.finally(() => this.#waiting.delete(look));
  }

  /** The exit code; undefined while the process runs, and after a signal. */
  get exitCode(): number | undefined {
    return this.#child.exitCode ?? undefined;
  }

  /** Sends a signal. */
  signal(signal: NodeJS.Signals): void {
    if (!this.hasEnded) this.#child.kill(signal);
  }

  /** Sends a signal, and resolves with the exit code, undefined after a signal. */
  async end(signal: NodeJS.Signals): Promise<number | undefined> {
    if (!this.hasEnded) this.#child.kill(signal);
    return this.#exit;
  }

  /** Resolves with the exit code. */
  async ended(): Promise<number | undefined> {
    return this.#exit;
  }
}

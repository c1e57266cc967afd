// A server of NATS on a machine of a cluster, by the script for servers of tests.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { addressOf } from './network.ts';

/** The port for clients. */
export const NATS_PORT = 4222;
/** The port for monitoring. */
export const MONITOR_PORT = 8222;

const CLUSTER_PORT = 6222;
const SCRIPT = join(import.meta.dirname, '..', '..', 'tools', 'servers', 'nats.sh');
const run = promisify(execFile);

/** The place of a server. */
export interface NatsServerPlace {
  readonly namespace: string;
  readonly machine: number;
  /** All machines of the cluster of servers. */
  readonly machines: readonly number[];
  /** For data and logs. */
  readonly directory: string;
}

/** Installs the server on this machine, unless the server is installed. */
export async function installNats(): Promise<void> {
  await run('bash', [SCRIPT, 'install']);
}

/** One server of the cluster. */
export class NatsServer {
  readonly #namespace: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #pidFile: string;
  #guard: ChildProcess | undefined;

  constructor({ namespace, machine, machines, directory }: NatsServerPlace) {
    this.#namespace = namespace;
    this.#pidFile = join(directory, 'nats', 'pid');
    mkdirSync(directory, { recursive: true });
    this.#env = {
      ...process.env,
      MILLRACE_SERVERS_DIR: directory,
      ADDRESS: '0.0.0.0',
      PORT: String(NATS_PORT),
      MONITOR_PORT: String(MONITOR_PORT),
      CLUSTER_PORT: String(CLUSTER_PORT),
      ROUTES: machines.map((other) => `${addressOf(other)}:${CLUSTER_PORT}`).join(' '),
      SERVER_NAME: `server-${machine}`,
      MAX_PAYLOAD: '8MB',
      PING_INTERVAL: '1s',
    };
  }

  /** Starts the server, also after a kill. */
  async start(): Promise<void> {
    if (this.#guard !== undefined) return this.#run('restart');
    // The guard stops the server at the end of this process, in whatever way the process ends.
    this.#guard = spawn('bash', [SCRIPT, 'guard'], {
      env: this.#env,
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    await this.#run('start');
  }

  /** Ends the server like a crash; the data stay. */
  async kill(): Promise<void> {
    await this.#run('kill');
  }

  /** Sends a signal to the server. */
  signal(signal: NodeJS.Signals): void {
    process.kill(Number(readFileSync(this.#pidFile, 'utf8')), signal);
  }

  /** Ends the server and removes the data. */
  async end(): Promise<void> {
    if (this.#guard === undefined) return;
    const exit = once(this.#guard, 'exit');
    this.#guard.stdin?.end();
    await exit;
  }

  async #run(command: string): Promise<void> {
    await run('ip', ['netns', 'exec', this.#namespace, 'bash', SCRIPT, command], { env: this.#env });
  }
}

// A real server for tests, started by a script of this folder. A machine without the server skips the test, with the reason;
// with MILLRACE_SERVERS=required, as in CI, the test fails instead. A guard, which is a process of its own, ends the server when
// the test process ends, in whatever way:
//
//   test process ──── pipe ────► guard ──► stops the server and removes the data
//   stop(), exit, crash or kill: the pipe ends
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The servers with a script. */
export type ServerName =
  'clickhouse' | 'kafka' | 'mosquitto' | 'nats' | 'postgres' | 'rabbitmq' | 'redis' | 's3';

/** A started server, with data of its own. Ends with the process that has started the server. */
export interface RealServer {
  readonly port: number;
  /** The log of the server. */
  readonly log: string;
  /** Ends the server like a crash; the data stay. */
  kill(): Promise<void>;
  /** Starts the server again, on its port and with its data. */
  restart(): Promise<void>;
  /** Ends the server and removes the data. May be repeated. */
  stop(): Promise<void>;
}

/** Exit code of a script whose server is not installed. */
const NOT_INSTALLED = 4;

/**
 * Starts a server; undefined when the server is not installed.
 *
 * @param env Environment variables of the script.
 * @throws Error when the server does not start, or is required and not installed.
 */
export async function startServer(name: ServerName, env: Environment = {}): Promise<RealServer | undefined> {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-server-'));
  const scriptEnv = { ...env, MILLRACE_SERVERS_DIR: directory };
  const run = (command: string) => runScript(name, command, scriptEnv);
  const stopServer = guardServer(name, scriptEnv);
  const stop = async (): Promise<void> => {
    await stopServer();
    await rm(directory, { recursive: true, force: true });
  };
  const { code, output, errors } = await run('start');
  if (code === 0) {
    const succeed = async (command: string): Promise<void> => {
      const result = await run(command);
      if (result.code !== 0) throw new Error(`could not ${command} ${name}: ${result.errors}`);
    };
    return {
      port: Number(output),
      log: join(directory, name, 'server.log'),
      kill: () => succeed('kill'),
      restart: () => succeed('restart'),
      stop,
    };
  }
  await stop();
  const isMissing = code === NOT_INSTALLED || code === 127;
  if (isMissing && process.env['MILLRACE_SERVERS'] !== 'required') return undefined;
  throw new Error(`could not start ${name}: ${errors}`);
}

/** The reason for skipping a test without its server. */
export function notInstalled(name: ServerName): string {
  return `${name} is not installed: run tools/servers/${name}.sh install`;
}

interface ScriptResult {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

type Environment = Readonly<Record<string, string>>;

function scriptOf(name: ServerName): string {
  return fileURLToPath(new URL(`${name}.sh`, import.meta.url));
}

/** Starts the guard of a server, and returns the function that lets the guard stop the server. */
function guardServer(name: ServerName, env: Environment): () => Promise<void> {
  const guard = spawn('bash', [scriptOf(name), 'guard'], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'ignore', 'ignore'],
    // Control-C in a terminal reaches every process of a group, and the guard has to outlive the test process.
    detached: true,
  });
  const ended = new Promise<number | null>((resolve) => {
    // Without bash no server has started.
    guard.once('error', () => resolve(0));
    guard.once('close', resolve);
  });
  // The guard keeps no program running that has forgotten its server.
  guard.unref();
  return async () => {
    guard.ref();
    guard.stdin.destroy();
    const code = await ended;
    if (code !== 0) throw new Error(`could not stop ${name}: the guard ended with ${code}`);
  };
}

function runScript(name: ServerName, command: string, env: Environment): Promise<ScriptResult> {
  const running = spawn('bash', [scriptOf(name), command], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  running.stdout.on('data', (bytes: Buffer) => (output += bytes.toString()));
  running.stderr.on('data', (bytes: Buffer) => (errors += bytes.toString()));
  return new Promise((resolve) => {
    running.once('error', (error) => resolve({ code: 127, output, errors: error.message }));
    running.once('close', (code) => resolve({ code, output, errors }));
  });
}

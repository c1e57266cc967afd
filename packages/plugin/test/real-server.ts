// A real server for tests, started by a script of tools/servers. A machine without the server skips the test, with the reason;
// with MILLRACE_SERVERS=required, as in CI, the test fails instead.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A started server. */
export interface RealServer {
  readonly port: number;
  /** The log of the server. */
  readonly log: string;
  stop(): void;
}

/** Exit code of a script whose server is not installed. */
const NOT_INSTALLED = 4;

/**
 * Starts a server with data of its own; undefined when the server is not installed.
 *
 * @throws Error when the server does not start, or is required and not installed.
 */
export function startServer(name: 'redis' | 'mosquitto'): RealServer | undefined {
  const script = fileURLToPath(new URL(`../../../tools/servers/${name}.sh`, import.meta.url));
  const directory = mkdtempSync(join(tmpdir(), 'millrace-server-'));
  const env = { ...process.env, MILLRACE_SERVERS_DIR: directory };
  const { status, stdout, stderr } = spawnSync('bash', [script, 'start'], {
    env,
    encoding: 'utf8',
    timeout: 60_000,
  });
  if (status === 0) {
    return {
      port: Number(stdout),
      log: join(directory, name, 'server.log'),
      stop: () => {
        execFileSync('bash', [script, 'stop'], { env });
        rmSync(directory, { recursive: true, force: true });
      },
    };
  }
  rmSync(directory, { recursive: true, force: true });
  const isMissing = status === NOT_INSTALLED || status === null || status === 127;
  if (isMissing && process.env['MILLRACE_SERVERS'] !== 'required') return undefined;
  throw new Error(`could not start ${name}: ${stderr}`);
}

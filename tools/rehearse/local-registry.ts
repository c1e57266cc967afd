// A registry on this machine, on a free port of the loopback interface. Packages published by the workspace stay in
// this registry; all other packages come from npm's configured registry.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

const START_TRIES_MAX = 300;
const START_WAIT_MS = 100;
const LARGEST_PACKAGE = '100mb';

/** The parameters of a registry. */
export interface RegistryOptions {
  /** A folder of its own. */
  readonly folder: string;
  /** The program, as a script for Node. */
  readonly program: string;
  /** The source of other packages. */
  readonly upstream: string;
  /** Names, with `*` for any, of packages that never come from upstream. */
  readonly own: readonly string[];
}

/** A running registry. */
export class LocalRegistry {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(url: string, child: ChildProcess) {
    this.url = url;
    this.#child = child;
  }

  static async start({ folder, program, upstream, own }: RegistryOptions): Promise<LocalRegistry> {
    const port = await freePort();
    mkdirSync(folder, { recursive: true });
    const config = join(folder, 'config.json');
    // The configuration is YAML, of which JSON is a part.
    writeFileSync(config, JSON.stringify(configOf({ folder, upstream, own })));
    const args = [program, '--config', config, '--listen', `127.0.0.1:${port}`];
    const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    const said: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => void said.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => void said.push(chunk));
    const registry = new LocalRegistry(`http://127.0.0.1:${port}/`, child);
    for (let tries = 0; tries < START_TRIES_MAX; tries += 1) {
      if (child.exitCode !== null) break;
      if (await registry.#answers()) return registry;
      await setTimeout(START_WAIT_MS);
    }
    await registry.stop();
    throw new Error(`the registry did not start\n${Buffer.concat(said).toString()}`);
  }

  /** Versions of a package that were published here, oldest first; empty without such a package. */
  async versionsOf(name: string): Promise<readonly string[]> {
    const response = await fetch(`${this.url}${name.replace('/', '%2f')}`);
    if (response.status === 404) return [];
    if (!response.ok) throw new Error(`the registry answered ${response.status} for ${name}`);
    const { versions } = (await response.json()) as { readonly versions: Readonly<Record<string, unknown>> };
    return Object.keys(versions);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill();
    await ended;
  }

  async #answers(): Promise<boolean> {
    try {
      return (await fetch(`${this.url}-/ping`)).ok;
    } catch {
      // The registry does not listen yet.
      return false;
    }
  }
}

function configOf({ folder, upstream, own }: Omit<RegistryOptions, 'program'>): object {
  const everybody = { access: '$all', publish: '$all', unpublish: '$all' };
  return {
    storage: join(folder, 'storage'),
    uplinks: { upstream: { url: upstream, timeout: '60s', maxage: '1h' } },
    packages: {
      ...Object.fromEntries(own.map((name) => [name, everybody])),
      '**': { access: '$all', proxy: 'upstream' },
    },
    auth: { htpasswd: { file: join(folder, 'htpasswd'), max_users: -1 } },
    publish: { allow_offline: true },
    max_body_size: LARGEST_PACKAGE,
    web: { enable: false },
    log: { type: 'stdout', format: 'pretty', level: 'warn' },
  };
}

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

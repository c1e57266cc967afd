// Processes of hosts and of drivers in tests: started as a user would start them, with their output as lines.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** The flag under which packages run from their sources. */
export const FLAG = '--conditions=millrace:source';

/** The command `millrace-host`. */
export const HOST = join(import.meta.dirname, '..', 'src', 'host-main.ts');

/** A process with its output. */
export interface StartedProcess {
  readonly child: ChildProcess;
  /** Everything that the process has written to both of its outputs. */
  written(): string;
  /** Resolves when the output contains the text that often. Rejects when the process ends before. */
  writes(text: string, times?: number): Promise<void>;
  /** Ends the process, if it runs; the exit code. */
  stop(signal: NodeJS.Signals): Promise<number | null>;
}

/** Starts node. */
export function startNode(args: readonly string[]): StartedProcess {
  const child = spawn(process.execPath, [FLAG, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let written = '';
  const waiting = new Set<() => void>();
  const look = () => {
    for (const one of waiting) one();
  };
  for (const output of [child.stdout, child.stderr])
    output.setEncoding('utf8').on('data', (text: string) => {
      written += text;
      look();
    });
  const exit = once(child, 'exit').then(look);
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  return {
    child,
    written: () => written,
    writes: async (text, times = 1) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const one = () => {
        if (written.split(text).length > times) resolve();
        else if (hasEnded()) reject(new Error(`the process ended without writing ${text}: ${written}`));
      };
      waiting.add(one);
      one();
      await promise;
      waiting.delete(one);
    },
    stop: async (signal) => {
      if (!hasEnded()) child.kill(signal);
      await exit;
      return child.exitCode;
    },
  };
}

/** Starts a host with two executors; resolves when the host takes launches. */
export async function startHost(options: {
  readonly server: { readonly port: number };
  readonly app: string;
  readonly name: string;
  readonly program: string;
  readonly more?: readonly string[];
}): Promise<StartedProcess> {
  const { server, app, name, program, more = ['--listen', '127.0.0.1:0'] } = options;
  const own = ['--servers', `127.0.0.1:${server.port}`, '--app', app, '--name', name, '--program', program];
  const host = startNode([HOST, ...own, '--executors', '2', ...more]);
  await host.writes('the host offers executors');
  return host;
}

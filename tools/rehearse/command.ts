// Commands of the rehearsal: bounded in time, silent when they succeed, and told in full when they do not.
import { spawn } from 'node:child_process';

/** What to run, and where. */
export interface Command {
  readonly line: readonly [program: string, ...args: readonly string[]];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Default: three minutes. */
  readonly timeoutMs?: number;
}

/** Runs a command and gives what it printed on standard output. @throws Error with all it printed. */
export function runCommand({ line, cwd, env, timeoutMs = 180_000 }: Command): Promise<string> {
  const [program, ...args] = line;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, timeout: timeoutMs, stdio: ['ignore', 'pipe', 'pipe'] });
    const all: Buffer[] = [];
    const printed: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => void (all.push(chunk), printed.push(chunk)));
    child.stderr.on('data', (chunk: Buffer) => void all.push(chunk));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(Buffer.concat(printed).toString());
      const how =
        signal === null ? `ended with ${code}` : `was ended by ${signal} after at most ${timeoutMs} ms`;
      reject(new Error(`${line.join(' ')} ${how}\n${Buffer.concat(all).toString()}`));
    });
  });
}

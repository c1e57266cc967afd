// Commands of the rehearsal: bounded in time, silent on success, and printed in full on failure.
import { spawn } from 'node:child_process';

/** The command and its folder. */
export interface Command {
  readonly line: readonly [program: string, ...args: readonly string[]];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Default: three minutes. */
  readonly timeoutMs?: number;
}

/** Runs a command and returns its standard output. @throws Error with the whole output. */
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

// A command that makes network namespaces, as a person runs the command, and the namespaces that it leaves.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** A command that has ended. */
export interface EndedCommand {
  readonly code: number | null;
  /** Everything that was written to both outputs. */
  readonly text: string;
  /** The namespaces that are left. */
  readonly namespaces: readonly string[];
}

/** Settings of a run. */
export interface CommandRun {
  /** A command in front, for instance one that takes rights away. Default: none. */
  readonly under?: readonly string[];
  /** Ctrl-C comes when this text was written. Default: never. */
  readonly interruptAt?: string;
}

/** Runs root without the right to make namespaces. */
export const WITHOUT_RIGHTS = ['setpriv', '--bounding-set=-sys_admin', '--inh-caps=-all'];

/** Runs the main program of an example. Rejects when the command in front is missing. */
export async function runCommand(
  example: string,
  args: readonly string[],
  { under = [], interruptAt }: CommandRun = {},
): Promise<EndedCommand> {
  const main = join(import.meta.dirname, '..', example, 'main.ts');
  const [file = '', ...rest] = [...under, process.execPath, '--conditions=millrace:source', main, ...args];
  const child = spawn(file, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const output of [child.stdout, child.stderr])
    output.setEncoding('utf8').on('data', (some: string) => {
      text += some;
      if (interruptAt !== undefined && text.includes(interruptAt)) child.kill('SIGINT');
    });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, text, namespaces: namespacesOf(child.pid) };
}

function namespacesOf(pid: number | undefined): readonly string[] {
  try {
    const names = execFileSync('ip', ['netns', 'list'], { encoding: 'utf8' }).split('\n');
    return names.filter((name) => name.startsWith(`millrace-cluster-${pid}-`));
  } catch {
    // Without the command `ip` there are none.
    return [];
  }
}

// The files that a command writes, checked before the run: a run of minutes should not end with a wrong path.
import { accessSync, constants, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { BenchMistake } from './bench-mistake.ts';

/**
 * Checks that each path can be written; creates no file.
 *
 * @param paths The paths by flag, for instance `{ '--html': 'run.html' }`.
 * @throws `BenchMistake` with the flag, the path and the reason.
 */
export function checkOutputFiles(paths: Readonly<Record<string, string | undefined>>): void {
  const flags = new Map<string, string>();
  for (const [flag, path] of Object.entries(paths)) {
    if (path === undefined) continue;
    const reason = obstacle(path);
    if (reason !== undefined) throw new BenchMistake(`${flag} ${path} cannot be written: ${reason}`);
    const other = flags.get(resolve(path));
    if (other !== undefined) throw new BenchMistake(`${other} and ${flag} name the same file: ${path}`);
    flags.set(resolve(path), flag);
  }
}

function obstacle(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory() === true) return 'the path is a directory';
  const directory = dirname(resolve(path));
  if (found === undefined && statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true) {
    return `the directory ${directory} does not exist`;
  }
  try {
    accessSync(found === undefined ? directory : path, constants.W_OK);
    return undefined;
  } catch {
    return `no permission to write ${found === undefined ? directory : 'the file'}`;
  }
}

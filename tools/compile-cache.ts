// Compiled sources for the programs that tests start. A test that kills a program again and again starts the program each time:
// with the cache, Node neither removes the types of some 500 files nor compiles the files again. Node checks each entry
// against its source.
import { spawnSync } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const ROOT = join(import.meta.dirname, '..');
const DIRECTORY = join(ROOT, 'node_modules/.cache/compiled-sources');
/** The packages that programs of tests are made of. */
const ENTRIES = ['packages/*/src/index.ts', 'packages/{receivers,sinks}/*/src/index.ts'];

/** Gives the cache to this process and to every process that follows. `NODE_COMPILE_CACHE` names another directory. */
export function useCompileCache(): void {
  const directory = (process.env['NODE_COMPILE_CACHE'] ??= DIRECTORY);
  const isFilled = existsSync(directory);
  enableCompileCache(directory);
  if (isFilled) return;
  // Node writes entries when a process ends by itself, and many programs of tests are killed.
  const imports = globSync(ENTRIES, { cwd: ROOT }).map(
    (file) => `await import(${JSON.stringify(pathToFileURL(join(ROOT, file)).href)});`,
  );
  spawnSync(process.execPath, [
    '--conditions=millrace:source',
    '--input-type=module',
    '--eval',
    imports.join('\n'),
  ]);
}

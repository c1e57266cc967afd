// `npm run docs`: the API reference of every published package as HTML in docs/api. typedoc needs a compiler with the
// classic API; typedoc is therefore in this folder, with a lock file of its own, and is installed on the first run.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const shell = process.platform === 'win32';

/** Runs a command in this folder and ends the build when it fails. */
function run(command, arguments_) {
  const { status } = spawnSync(command, arguments_, { cwd: here, stdio: 'inherit', shell });
  if (status !== 0) process.exit(status ?? 1);
}

if (!existsSync(join(here, 'node_modules')))
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund']);
run(join(here, 'node_modules', '.bin', 'typedoc'), ['--options', 'typedoc.json']);

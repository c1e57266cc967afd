// Makes `npm start`, `npm test` and the other root scripts work on a fresh clone: installs what the lock file
// says when nothing is installed yet, or when the lock is newer than what is. Plain JavaScript that Node 18 can
// run, because it runs on the host's Node, before the pinned one has been installed.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const lock = join(root, 'package-lock.json');
const installed = join(root, 'node_modules', '.package-lock.json');

if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lock).mtimeMs) {
  process.stderr.write('installing dependencies (npm ci); this happens once\n');
  const npm = process.env.npm_execpath;
  const arguments_ = ['ci', '--no-audit', '--no-fund'];
  const result = npm
    ? spawnSync(process.execPath, [npm, ...arguments_], { cwd: root, stdio: ['ignore', 2, 2] })
    : spawnSync('npm', arguments_, {
        cwd: root,
        stdio: ['ignore', 2, 2],
        shell: process.platform === 'win32',
      });
  if (result.status !== 0) {
    process.stderr.write('npm ci failed; run it by hand to see why\n');
    process.exit(result.status ?? 1);
  }
}

// Makes `npm start`, `npm test` and the other root scripts work on a fresh clone: installs the packages of the lock file
// when nothing is installed yet, or when the lock is newer than the installed tree. Install scripts of packages never
// run, and the pinned Node binary is verified before anything uses that binary. Plain JavaScript for Node 18 and newer,
// because the host's Node runs this file before the pinned one is there.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pinnedNodeProblem } from './verify-pinned-node.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const lock = join(root, 'package-lock.json');
const installed = join(root, 'node_modules', '.package-lock.json');

if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lock).mtimeMs) {
  process.stderr.write('installing dependencies (npm ci); this happens once\n');
  const npm = process.env.npm_execpath;
  const arguments_ = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
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
  const problem = pinnedNodeProblem(root);
  if (problem !== undefined) {
    process.stderr.write(`${problem}\n`);
    process.exit(1);
  }
}

// Runs before a package is packed, in its folder: builds from an empty output folder, because a compiler's output
// folder keeps the files of deleted sources. A package whose output is more than compiled files has a script `bundle`.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';

rmSync(join(process.cwd(), 'dist'), { recursive: true, force: true });
const result = spawnSync('tsc', ['-b', 'tsconfig.build.json', '--force'], {
  stdio: ['ignore', 2, 2],
  shell: process.platform === 'win32',
});
if (result.status !== 0) process.exit(result.status ?? 1);
const bundled = spawnSync('npm', ['run', 'bundle', '--if-present'], {
  stdio: ['ignore', 2, 2],
  shell: process.platform === 'win32',
});
process.exit(bundled.status ?? 1);

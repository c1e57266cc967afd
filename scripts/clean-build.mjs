// Runs before a package is packed, in its folder: builds from an empty output folder, because a compiler's output
// folder keeps the files of deleted sources. Arguments are scripts of the package that run behind the compiler, in order.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';

rmSync(join(process.cwd(), 'dist'), { recursive: true, force: true });
const result = spawnSync('tsc', ['-b', 'tsconfig.build.json', '--force'], {
  stdio: ['ignore', 2, 2],
  shell: process.platform === 'win32',
});
if (result.status !== 0) process.exit(result.status ?? 1);
for (const script of process.argv.slice(2)) {
  const { status } = spawnSync(process.execPath, [script], { stdio: ['ignore', 2, 2] });
  if (status !== 0) process.exit(status ?? 1);
}

// `npm run release`: builds every package from nothing, then publishes those whose version is new. Everything is built
// once and before: packages are published side by side, and one that built itself on the way would pull the output of
// the others from under them. Arguments go to `changeset publish`.
import { spawnSync } from 'node:child_process';
import { globSync, rmSync } from 'node:fs';

/** Runs a command and ends the release when it fails. */
function run(command, arguments_, env = process.env) {
  const { status } = spawnSync(command, arguments_, {
    stdio: 'inherit',
    env,
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(status ?? 1);
}

// A compiler's output folder keeps the files of sources that are gone.
for (const folder of globSync('packages/{*,*/*}/dist')) rmSync(folder, { recursive: true });
run('tsc', ['-b', 'tsconfig.json', '--force']);
run('changeset', ['publish', ...process.argv.slice(2)], {
  ...process.env,
  npm_config_ignore_scripts: 'true',
});

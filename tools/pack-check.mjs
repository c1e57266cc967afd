// Run in a package's folder: packs the package as a release would, and validates the tarball with publint and attw.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const target = mkdtempSync(join(tmpdir(), 'millrace-pack-'));
const shell = process.platform === 'win32';
try {
  // The build target has already run; packing must not build again.
  const [packed] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', target], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      shell,
    }),
  );
  const tarball = join(target, packed.filename);
  const names = packed.files.map((file) => file.path);
  const { bin = {}, imports = {} } = JSON.parse(readFileSync('package.json', 'utf8'));
  const commands = Object.values(bin);
  const inner = Object.values(imports).map((targets) => targets.default.replace('./', ''));
  const always = ['package.json', 'README.md', 'LICENSE', 'dist/index.js', 'dist/index.d.ts'];
  for (const needed of [...always, ...commands, ...inner]) {
    if (!names.includes(needed)) throw new Error(`${packed.name}: ${needed} is not in the packed package`);
  }
  // Tests belong into a template, and nowhere else.
  const stray = names.find((name) => /^(?!template(?:-\w+)?\/).*\.spec\.|\.tsbuildinfo$/.test(name));
  if (stray !== undefined) throw new Error(`${packed.name}: ${stray} must not be packed`);
  for (const [command, ...arguments_] of [
    ['publint', tarball, '--strict'],
    ['attw', tarball, '--profile', 'esm-only', '--no-emoji'],
  ]) {
    const { status, stdout, stderr } = spawnSync(command, arguments_, { encoding: 'utf8', shell });
    if (status !== 0) throw new Error(`${packed.name}: ${command} found problems\n${stdout}${stderr}`);
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(target, { recursive: true, force: true });
}

// `npm run check`: all checks of the tree without running its tests. Each step is one line on success and its whole
// output on failure; all steps run, so that one round shows all problems.
import { spawn } from 'node:child_process';

const STEPS = [
  ['formatting', 'prettier', ['--check', '--log-level', 'warn', '.']],
  ['types', 'tsc', ['-p', 'tsconfig.check.json']],
  ['types of the page of the dashboard', 'tsc', ['-p', 'packages/dashboard/page/tsconfig.json']],
  [
    'lint, types and package boundaries',
    'oxlint',
    ['--type-aware', '--tsconfig', 'tsconfig.check.json', '--deny-warnings'],
  ],
  ['unused files, exports and dependencies', 'knip', []],
  ['pinned Node binary', 'node', ['scripts/verify-pinned-node.mjs']],
  ['lock completeness', 'node', ['tools/check/check-lock.mjs']],
  ['customs of the tree', 'node', ['tools/check/check-tree.mjs']],
  ['packed packages', 'nx', ['run-many', '-t', 'pack-check', '--parallel=2', '--outputStyle=stream']],
];

/** Runs one step and returns its exit code and its output. */
function run(command, arguments_) {
  return new Promise((resolve) => {
    const child = spawn(command, arguments_, {
      shell: process.platform === 'win32',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = [];
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.stderr.on('data', (chunk) => output.push(chunk));
    child.on('error', (error) => resolve({ code: 1, output: String(error) }));
    child.on('close', (code) => resolve({ code: code ?? 1, output: Buffer.concat(output).toString('utf8') }));
  });
}

let failed = 0;
for (const [name, command, arguments_] of STEPS) {
  const begun = process.hrtime.bigint();
  const { code, output } = await run(command, arguments_);
  const seconds = (Number(process.hrtime.bigint() - begun) / 1e9).toFixed(1);
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
  if (code === 0) continue;
  failed += 1;
  console.log(`${output.trimEnd()}\n`);
}
console.log(failed === 0 ? 'check: clean' : `check: ${failed} of ${STEPS.length} steps failed`);
process.exitCode = failed === 0 ? 0 : 1;

// `npm run conformance`: runs every conformance test, leaves a conformance.json in each package, and renews the tables
// of the READMEs from these files. Every run of the tests compares the tables with the results.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

const shell = process.platform === 'win32';
// A template has a place for tables, which belong to the author of the package.
const pages = ['packages/**/README.md', ':!packages/*/template*/**'];
const readmes = execFileSync('git', ['ls-files', ...pages], { encoding: 'utf8' })
  .split('\n')
  .filter((file) => file !== '' && readFileSync(file, 'utf8').includes('<!-- conformance -->'));
for (const readme of readmes) rmSync(join(dirname(readme), 'conformance.json'), { force: true });

const tests = spawnSync('vitest', ['run', 'conformance.'], {
  env: { ...process.env, MILLRACE_CONFORMANCE_REPORT: '1' },
  stdio: 'inherit',
  shell,
});
const reported = readmes.filter((readme) => existsSync(join(dirname(readme), 'conformance.json')));
const command = 'packages/testing/src/conformance/report/main.ts';
const update = spawnSync(process.execPath, ['--conditions=millrace:source', command, ...reported], {
  stdio: 'inherit',
});
const missing = readmes.filter((readme) => !reported.includes(readme));
for (const readme of missing) console.error(`${readme}: no test has written a report for its table`);
process.exitCode = tests.status === 0 && update.status === 0 && missing.length === 0 ? 0 : 1;

// Runs a small tree of test files, each of which writes down its process.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const WORKERS = 2;
const UNITS = ['one.spec.ts', 'two.spec.ts', 'three.spec.ts', 'four.spec.ts', 'five.spec.ts'];
const INTEGRATION = ['one.int.spec.ts', 'two.int.spec.ts', 'three.int.spec.ts'];
const TEST = `
  import { writeFileSync } from 'node:fs';
  import { it } from 'vitest';
  it('writes down its process', ({ task }) => writeFileSync(\`pids/\${task.file.name}\`, String(process.pid)));
`;
const CONFIG = `
  import { IntegrationTestsFirst } from '${ROOT}/tools/integration-tests-first.ts';
  import { testProcesses } from '${ROOT}/tools/test-processes.ts';
  const sequence = { sequencer: IntegrationTestsFirst };
  export default { test: { pool: testProcesses, isolate: false, maxWorkers: ${WORKERS}, sequence } };
`;

describe('processes of test files', () => {
  it('are shared by unit tests, and an integration test has one for itself', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'millrace-test-processes-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    await mkdir(join(folder, 'pids'));
    await writeFile(join(folder, 'vitest.config.ts'), CONFIG);
    for (const file of [...UNITS, ...INTEGRATION]) await writeFile(join(folder, file), TEST);

    const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
    await promisify(execFile)(process.execPath, [vitest, 'run', '--no-cache'], { cwd: folder });

    const pidOf = (file: string): Promise<string> => readFile(join(folder, 'pids', file), 'utf8');
    expect(await readdir(join(folder, 'pids'))).toHaveLength(UNITS.length + INTEGRATION.length);
    const units = new Set(await Promise.all(UNITS.map(pidOf)));
    expect(units.size).toBeLessThanOrEqual(WORKERS);
    const own = new Set(await Promise.all(INTEGRATION.map(pidOf)));
    expect(own.size).toBe(INTEGRATION.length);
    expect(own.isDisjointFrom(units)).toBe(true);
  });
});

// Runs small trees of test files, each of which writes down its process.
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
/** Leaves an immediate that never runs, as a spy does that brings back a played one. */
const LEAVES_A_CHANGE = `${TEST}
  import { afterAll } from 'vitest';
  afterAll(() => {
    globalThis.setImmediate = () => undefined;
  });
`;
const CONFIG = `
  import { IntegrationTestsFirst } from '${ROOT}/tools/integration-tests-first.ts';
  import { testProcesses } from '${ROOT}/tools/test-processes.ts';
  const sequence = { sequencer: IntegrationTestsFirst };
  const setupFiles = ['${ROOT}/tools/unchanged-process.ts'];
  export default { test: { pool: testProcesses, isolate: false, maxWorkers: ${WORKERS}, sequence, setupFiles } };
`;

interface TreeResult {
  readonly failed: boolean;
  readonly output: string;
  readonly pids: ReadonlyMap<string, string>;
}

/** Runs test files by name in a folder of their own. */
async function runTests(files: ReadonlyMap<string, string>): Promise<TreeResult> {
  const folder = await mkdtemp(join(tmpdir(), 'millrace-test-processes-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  await mkdir(join(folder, 'pids'));
  await writeFile(join(folder, 'vitest.config.ts'), CONFIG);
  for (const [name, text] of files) await writeFile(join(folder, name), text);

  const command = [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', '--no-cache', '--no-color'];
  const { failed, output } = await promisify(execFile)(process.execPath, command, { cwd: folder }).then(
    ({ stdout }) => ({ failed: false, output: stdout }),
    ({ stdout, stderr }: { stdout: string; stderr: string }) => ({ failed: true, output: stdout + stderr }),
  );
  const pids = new Map<string, string>();
  for (const name of await readdir(join(folder, 'pids')))
    pids.set(name, await readFile(join(folder, 'pids', name), 'utf8'));
  return { failed, output, pids };
}

describe('processes of test files', () => {
  it('are shared by unit tests, and an integration test has one for itself', async () => {
    const { failed, output, pids } = await runTests(
      new Map([...UNITS, ...INTEGRATION].map((name) => [name, TEST])),
    );
    expect({ failed, output }).toEqual({ failed: false, output });

    expect(pids.size).toBe(UNITS.length + INTEGRATION.length);
    const units = new Set(UNITS.map((name) => pids.get(name)));
    expect(units.size).toBeLessThanOrEqual(WORKERS);
    const own = new Set(INTEGRATION.map((name) => pids.get(name)));
    expect(own.size).toBe(INTEGRATION.length);
    expect(own.isDisjointFrom(units)).toBe(true);
  });

  it('stay as they were, or the file that changes its process fails', async () => {
    const changing = 'three.spec.ts';
    const { failed, output } = await runTests(
      new Map(UNITS.map((name) => [name, name === changing ? LEAVES_A_CHANGE : TEST])),
    );
    expect(failed).toBe(true);
    expect(output.match(/^ FAIL .*$/gm)).toEqual([expect.stringContaining(changing)]);
    expect(output).toContain('"setImmediate"');
  });

  it('may be changed by an integration test', async () => {
    const { failed, output } = await runTests(new Map([[INTEGRATION[0] ?? '', LEAVES_A_CHANGE]]));
    expect({ failed, output }).toEqual({ failed: false, output });
  });
});

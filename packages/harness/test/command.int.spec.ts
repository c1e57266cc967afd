// The command in processes of its own: configs as Node.js loads them, and executors on threads.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WorkloadReport } from '@millrace/harness';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const OWN_RECEIVER = fileURLToPath(new URL('programs/own-receiver.config.ts', import.meta.url));

let directory = '';
beforeAll(() => (directory = mkdtempSync(join(tmpdir(), 'millrace-bench-'))));
afterAll(() => rmSync(directory, { recursive: true }));

interface Ended {
  readonly exitCode: number;
  readonly errors: string;
}

function bench(args: readonly string[], cwd = directory): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['--conditions=millrace:source', MAIN, ...args], { cwd }, (error, _, errors) =>
      resolve({ exitCode: Number(error?.code ?? 0), errors }),
    );
  });
}

async function reportOf(...args: string[]): Promise<WorkloadReport> {
  const path = join(directory, 'run.json');
  expect(await bench([...args, '--json', path])).toEqual({ exitCode: 0, errors: '' });
  return JSON.parse(readFileSync(path, 'utf8')) as WorkloadReport;
}

describe('millrace-bench', { timeout: 120_000 }, () => {
  it.each(['local', 'local[2]'])('measures a receiver of one’s own on %s', async (master) => {
    const report = await reportOf(OWN_RECEIVER, '--master', master);
    expect(report.asked).toMatchObject({ master, receivers: ['numbers'] });
    const { records, throughput, phases } = report;
    expect(records.lost).toBe(0);
    expect(records.processed).toBe(records.sent);
    expect(throughput.intendedPerSecond).toBe(0);
    expect(throughput.blocksPerSecond).toBeGreaterThan(0);
    for (const phase of ['store', 'schedule', 'process', 'total'] as const)
      expect(phases[phase].count).toBeGreaterThan(0);
  });

  it('says where the dashboard is', async () => {
    const times = ['--interval', '50ms', '--warm-up', '100ms', '--duration', '300ms'];
    const { exitCode, errors } = await bench([...times, '--dashboard', '0']);
    expect([exitCode, errors]).toEqual([
      0,
      expect.stringMatching(/^dashboard: http:\/\/127\.0\.0\.1:\d+\/\n$/),
    ]);
  });

  it('puts its load on threads, and loses no records when receivers fail', async () => {
    const times = ['--interval', '100ms', '--warm-up', '1', '--duration', '2', '--fail-every', '500ms'];
    const report = await reportOf('--master', 'local[2]', '--receivers', '2', '--rate', '2000', ...times);
    expect(report.failures).toBeGreaterThan(0);
    expect(report.records.sent).toBeGreaterThan(0);
    expect(report.records.lost).toBe(0);
    for (const { count } of Object.values(report.phases)) expect(count).toBeGreaterThan(0);
  });

  it.each([
    ['commonjs', 'millrace.config.ts', 'import { name } from "./name.ts"; export default { name };'],
    ['commonjs', 'millrace.config.cts', 'module.exports = { name: "mine" };'],
    [undefined, 'millrace.config.mts', 'export default { name: "mine" as string };'],
    [undefined, 'millrace.config.ts', 'export default { name: "mine" as string };'],
  ])('finds the config of a folder of type %s: %s', async (type, file, text) => {
    const cwd = mkdtempSync(join(directory, 'project-'));
    writeFileSync(join(cwd, 'package.json'), JSON.stringify({ type }));
    writeFileSync(join(cwd, 'name.ts'), 'export const name: string = "mine";');
    writeFileSync(join(cwd, file), text);
    const path = join(cwd, 'run.json');
    const times = ['--interval', '50ms', '--warm-up', '200ms', '--duration', '1'];
    expect(await bench([...times, '--rate', '1000', '--json', path], cwd)).toEqual({
      exitCode: 0,
      errors: '',
    });
    expect((JSON.parse(readFileSync(path, 'utf8')) as WorkloadReport).asked.name).toBe('mine');
  });

  it('refuses the flags of the load with a receiver of one’s own', async () => {
    const { exitCode, errors } = await bench([OWN_RECEIVER, '--rate', '5']);
    expect(exitCode).toBe(2);
    expect(errors).toContain('a receiver of your own brings its own records');
  });

  it('refuses an unknown master', async () => {
    const { exitCode, errors } = await bench(['--master', 'yarn']);
    expect(exitCode).toBe(2);
    expect(errors).toContain('expected local, local[*] or local[N]');
  });
});

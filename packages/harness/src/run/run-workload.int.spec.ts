import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCommandLine } from '../command/command-line.ts';
import { EXIT_CODES, runCommand } from '../command/run-command.ts';
import { runWorkload } from './run-workload.ts';
import type { WorkloadReport } from './workload-report.ts';

const short = { batchIntervalMs: 50, durationMs: 400, warmUpMs: 100 };

describe('runWorkload', { timeout: 120_000 }, () => {
  it('accounts for every record and every phase', async () => {
    const results = new Map<string, number>();
    const report = await runWorkload({
      ...short,
      load: { recordsPerSecond: 5_000, receivers: 2, keys: 10, skew: 1 },
      output: (counts) => {
        for (const [key, count] of counts as [string, number][])
          results.set(key, (results.get(key) ?? 0) + count);
      },
    });
    expect(report.records.lost).toBe(0);
    expect(report.records.sent).toBe(report.records.processed);
    expect([...results.values()].reduce((sum, count) => sum + count, 0)).toBe(report.records.sent);
    for (const phase of Object.values(report.phases)) expect(phase.count).toBeGreaterThan(0);
    expect(report.throughput.storedPerSecond).toBeGreaterThan(0);
  });

  it('loses no records when receivers fail', async () => {
    const report = await runWorkload({
      ...short,
      engine: { receiving: { restartDelayMs: 20 } },
      load: { recordsPerSecond: 2_000, failEveryMs: 150 },
    });
    expect(report.failures).toBeGreaterThan(0);
    expect(report.records.lost).toBe(0);
  });

  it('reports the measured part of an interrupted run', async () => {
    const stopping = new AbortController();
    const report = await runWorkload(
      { ...short, durationMs: 60_000, load: { recordsPerSecond: 1_000 } },
      {
        signal: stopping.signal,
        onProgress: ({ phase }) => {
          if (phase === 'measuring') stopping.abort();
        },
      },
    );
    expect(report.wasInterrupted).toBe(true);
    expect(report.records.lost).toBe(0);
  });

  it('refuses invalid options and names each one', async () => {
    const wrong = { durationMs: 0, load: { burst: { everyMs: 10, lengthMs: 20, factor: 2 } } };
    await expect(runWorkload(wrong)).rejects.toMatchObject({ code: 'MR_CONFIG_INVALID_OPTION' });
  });
});

describe('the command', { timeout: 120_000 }, () => {
  let directory = '';
  beforeAll(() => (directory = mkdtempSync(join(tmpdir(), 'millrace-bench-'))));
  afterAll(() => rmSync(directory, { recursive: true }));

  const run = (...args: string[]) => runIn({}, ...args);

  async function runIn(terminal: { width?: number }, ...args: string[]) {
    const lines: string[] = [];
    const exitCode = await runCommand(readCommandLine(args), {
      ...terminal,
      signal: new AbortController().signal,
      write: (line) => lines.push(line),
      tell: () => undefined,
      onProgress: () => undefined,
    });
    return { exitCode, text: lines.join('\n') };
  }

  it('takes a config file, writes reports, and compares with earlier reports', async () => {
    const [config, json, html] = ['bench.config.mjs', 'run.json', 'run.html'].map((name) =>
      join(directory, name),
    );
    writeFileSync(
      config ?? '',
      'export default { name: "mine", batchIntervalMs: 50, durationMs: 1000, warmUpMs: 200 };',
    );
    const wal = join(directory, 'wal');
    const first = await run(
      'run',
      config ?? '',
      '--rate',
      '1000',
      '--wal',
      wal,
      '--json',
      json ?? '',
      '--html',
      html ?? '',
    );
    expect(first.exitCode).toBe(EXIT_CODES.done);
    expect(first.text).toMatch(/lost +\| 0/);
    const report = JSON.parse(readFileSync(json ?? '', 'utf8')) as WorkloadReport;
    expect(report.asked).toMatchObject({ name: 'mine', load: { recordsPerSecond: 1_000 } });
    expect(report.engine).toContain('@millrace/wal');
    expect(readFileSync(html ?? '', 'utf8').match(/<svg/g)?.length).toBeGreaterThan(10);
    expect(report.moments?.length).toBeGreaterThan(2);
    const md = join(directory, 'both.md');
    const both = await run('compare', json ?? '', json ?? '', '--md', md);
    expect(both.text).toContain('## Delays before and now');
    expect(readFileSync(md, 'utf8').trim()).toBe(both.text.trim());
    const onTerminal = await runIn({ width: 80 }, 'compare', json ?? '', json ?? '');
    expect(onTerminal.text).toContain('\nDelays before and now');
    expect(onTerminal.text).not.toContain('|');
  });

  it('refuses wrong paths before the run', async () => {
    const missing = join(directory, 'no', 'run.html');
    await expect(run('--duration', '1h', '--html', missing)).rejects.toThrow('does not exist');
    await expect(run('--duration', '1h', '--json', directory)).rejects.toThrow('is a directory');
    await expect(run('--duration', '1h', '--compare', missing)).rejects.toThrow('does not exist');
    await expect(run('run', join(directory, 'no.config.mjs'))).rejects.toThrow('does not exist');
    await expect(run('compare', missing, missing)).rejects.toThrow('does not exist');
  });

  it('fails when nothing was measured', async () => {
    const line = ['--interval', '1h', '--warm-up', '0', '--duration', '5ms'];
    await expect(run(...line)).rejects.toThrow('no batch was completed');
  });

  it('refuses a file that is not a report', async () => {
    const path = join(directory, 'other.json');
    writeFileSync(path, '{}');
    await expect(run('compare', path, path)).rejects.toThrow('is not a report of millrace-bench');
  });
});

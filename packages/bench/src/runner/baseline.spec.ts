import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { anyRun } from '../reports/any-run.fake.ts';
import { baselineOf, movements, readBaseline, writeBaseline } from './baseline.ts';

const moved = (before: Parameters<typeof anyRun>[0], now: Parameters<typeof anyRun>[0]) => {
  const run = anyRun(now);
  return movements(baselineOf(anyRun(before)), baselineOf(run), run.suites).map(({ name, verdict }) => [
    name,
    verdict,
  ]);
};

describe('movements', () => {
  it('reports no change within noise', () => {
    expect(moved({ ours: [100, 90, 110] }, { ours: [95, 108, 112] })).toEqual([]);
  });

  it('reports no small change, however steady', () => {
    expect(moved({ ours: [100, 100, 100] }, { ours: [92, 92, 92] })).toEqual([]);
  });

  it('reports a slowdown, as a figure and as a ratio', () => {
    expect(moved({ ours: [100, 101, 99] }, { ours: [50, 51, 49] })).toEqual([
      ['suite / work / ours / rate', 'worse'],
      ['suite / work / ours ÷ theirs / rate', 'worse'],
    ]);
  });

  it('requires a larger change with few rounds, which do not show the noise', () => {
    const few = { theirs: [100, 100] };
    expect(moved({ ...few, ours: [100, 100] }, { ...few, ours: [70, 70] })).toEqual([]);
    const one = { theirs: [100] };
    expect(moved({ ...one, ours: [70] }, { ...one, ours: [100] })).toEqual([]);
    expect(moved({ ...one, ours: [100] }, { ...one, ours: [60] })[0]).toEqual([
      'suite / work / ours / rate',
      'worse',
    ]);
  });

  it('treats a shorter delay as better', () => {
    expect(moved({ delays: [8, 8, 8] }, { delays: [4, 4, 4] })).toEqual([
      ['suite / work / ours / delay', 'better'],
    ]);
  });

  it('compares only ratios when the machine is another one', () => {
    const before = { ours: [200, 200, 200], theirs: [100, 100, 100], machine: 'another one' };
    expect(moved(before, { ours: [20, 20, 20], theirs: [10, 10, 10] })).toEqual([]);
    expect(moved(before, { ours: [20, 20, 20], theirs: [20, 20, 20] })).toHaveLength(1);
  });
});

describe('writeBaseline', () => {
  it('keeps a file for each machine, and the figures of other suites', () => {
    const directory = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
    try {
      const run = anyRun({});
      const [first, second] = [baselineOf(run), baselineOf({ ...run, suites: [] })];
      writeBaseline(first, directory);
      writeBaseline({ ...second, commit: 'later' }, directory);
      expect(readBaseline(run.surroundings, directory)).toEqual({ ...first, commit: 'later' });
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('drops figures that a suite no longer measures', () => {
    const directory = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
    try {
      const run = anyRun({});
      const now = baselineOf(run);
      writeBaseline({ ...now, figures: { ...now.figures, 'suite / gone / ours / rate': [1] } }, directory);
      writeBaseline(now, directory);
      expect(readBaseline(run.surroundings, directory)).toEqual(now);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

import { describe, expect, it } from 'vitest';
import type { StorageEntry } from '../contracts/storage.ts';
import { FileSelection, type FileSelectionOptions } from './file-selection.ts';

function file(name: string, modifiedMs: number): StorageEntry {
  return { name, kind: 'file', sizeBytes: 1, modifiedMs };
}

function selection(options: Partial<FileSelectionOptions> = {}): FileSelection {
  return new FileSelection({ batchIntervalMs: 1_000, constructedAtMs: 100_000, ...options });
}

function names(files: readonly StorageEntry[]): string[] {
  return files.map(({ name }) => name);
}

describe('FileSelection', () => {
  it.each([
    { case: 'changed before the watching began', modifiedMs: 99_999, taken: false },
    { case: 'changed as the watching began', modifiedMs: 100_000, taken: false },
    { case: 'changed just after the watching began', modifiedMs: 100_000.5, taken: true },
    { case: 'changed at the batch time', modifiedMs: 105_000, taken: true },
    { case: 'changed just after the batch time', modifiedMs: 105_000.25, taken: false },
  ])('of a file $case says $taken', ({ modifiedMs, taken }) => {
    expect(names(selection().select(105_000, [file('a', modifiedMs)]))).toEqual(taken ? ['a'] : []);
  });

  it.each([
    { case: 'at the edge of what is remembered', modifiedMs: 440_000, taken: false },
    { case: 'just inside of what is remembered', modifiedMs: 440_001, taken: true },
  ])('of a file changed $case says $taken', ({ modifiedMs, taken }) => {
    expect(names(selection().select(500_000, [file('late', modifiedMs)]))).toEqual(taken ? ['late'] : []);
  });

  it.each([
    { batchIntervalMs: 1_000, minRememberMs: 60_000, rememberDurationMs: 60_000 },
    { batchIntervalMs: 7_000, minRememberMs: 60_000, rememberDurationMs: 63_000 },
    { batchIntervalMs: 100_000, minRememberMs: 60_000, rememberDurationMs: 100_000 },
    { batchIntervalMs: 300, minRememberMs: 1_000, rememberDurationMs: 1_200 },
  ])(
    'remembers $rememberDurationMs ms with batches of $batchIntervalMs ms',
    ({ rememberDurationMs, ...options }) => {
      expect(selection(options).rememberDurationMs).toBe(rememberDurationMs);
    },
  );

  it('takes what was there before when asked to', () => {
    const old = [file('old', 50_000), file('older', 1)];
    expect(names(selection({ newFilesOnly: false }).select(100_000, old))).toEqual(['old']);
    expect(names(selection({ newFilesOnly: false, constructedAtMs: 0 }).select(50_000, old))).toEqual([
      'older',
      'old',
    ]);
  });

  it('takes no names that begin with a dot, no directories, no devices', () => {
    const entries: StorageEntry[] = [
      file('.hidden', 101_000),
      { ...file('folder', 101_000), kind: 'directory' },
      { ...file('pipe', 101_000), kind: 'other' },
      file('a.txt', 101_000),
    ];
    expect(names(selection().select(105_000, entries))).toEqual(['a.txt']);
  });

  it('leaves the names to a filter of its own', () => {
    const accept = (name: string): boolean => name.endsWith('.csv');
    const entries = [file('.a.csv', 101_000), file('b.txt', 101_000)];
    expect(names(selection({ accept }).select(105_000, entries))).toEqual(['.a.csv']);
  });

  it('takes each file once', () => {
    const files = selection();
    expect(names(files.select(101_000, [file('a', 100_500)]))).toEqual(['a']);
    expect(names(files.select(102_000, [file('a', 100_500), file('b', 101_200)]))).toEqual(['b']);
    expect(names(files.select(103_000, [file('a', 102_500)]))).toEqual([]);
  });

  it('takes a file that becomes visible late', () => {
    const files = selection();
    files.select(101_000, []);
    expect(names(files.select(102_000, [file('late', 100_500)]))).toEqual(['late']);
  });

  it('orders the files of a batch by time and name, not by listing', () => {
    const entries = [file('c', 101_000), file('b', 102_000), file('a', 102_000)];
    expect(names(selection().select(105_000, entries))).toEqual(['c', 'a', 'b']);
  });

  it('answers the same for a batch that is run again (BAT-4)', () => {
    const files = selection();
    const first = files.select(101_000, [file('a', 100_500)]);
    expect(files.select(101_000, [file('a', 100_900), file('b', 100_700)])).toEqual(first);
  });

  it('forgets batches before a time, and not that of the time itself', () => {
    const files = selection();
    files.select(101_000, [file('a', 100_500)]);
    files.select(102_000, [file('b', 101_500)]);
    files.forget(102_000);
    expect(files.snapshot().map(([batchTime]) => batchTime)).toEqual([102_000]);
  });

  it('takes no file twice when it forgets what is outside of the window', () => {
    const files = selection();
    const entries = [file('a', 100_500)];
    const taken: string[] = [];
    for (let batchTime = 101_000; batchTime <= 300_000; batchTime += 1_000) {
      taken.push(...names(files.select(batchTime, entries)));
      files.forget(batchTime - files.rememberDurationMs);
    }
    expect(taken).toEqual(['a']);
    expect(files.snapshot().length).toBeLessThanOrEqual(61);
  });

  it('goes on from a snapshot as if nothing had happened (BAT-4)', () => {
    const files = selection();
    files.select(101_000, [file('a', 100_500)]);
    const restored = selection();
    restored.restore(structuredClone(files.snapshot()));
    expect(names(restored.select(101_000, []))).toEqual(['a']);
    expect(names(restored.select(102_000, [file('a', 100_500), file('b', 101_500)]))).toEqual(['b']);
  });

  it('gives a batch back the files that it had, and takes the others again (BAT-4)', () => {
    const files = selection();
    files.select(101_000, [file('a', 100_500), file('b', 100_600)]);
    files.recall(101_000, [file('a', 100_500)]);
    expect(names(files.select(101_000, []))).toEqual(['a']);
    expect(names(files.select(102_000, [file('a', 100_500), file('b', 100_600)]))).toEqual(['b']);
  });

  it('refuses intervals of nothing', () => {
    expect(() => selection({ batchIntervalMs: 0 })).toThrow(TypeError);
    expect(() => selection({ minRememberMs: Number.NaN })).toThrow(TypeError);
  });
});

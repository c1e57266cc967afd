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
  ])('returns $taken for a file $case', ({ modifiedMs, taken }) => {
    expect(names(selection().select(105_000, [file('a', modifiedMs)]))).toEqual(taken ? ['a'] : []);
  });

  it.each([
    { case: 'at the edge of what is remembered', modifiedMs: 440_000, taken: false },
    { case: 'just inside of what is remembered', modifiedMs: 440_001, taken: true },
  ])('returns $taken for a file changed $case', ({ modifiedMs, taken }) => {
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

  it('takes existing files on request', () => {
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

  it('leaves names to the filter of the caller', () => {
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

  it('returns the same files for a repeated batch (BAT-4)', () => {
    const files = selection();
    const first = files.select(101_000, [file('a', 100_500)]);
    expect(files.select(101_000, [file('a', 100_900), file('b', 100_700)])).toEqual(first);
  });

  it('drops batches before a time, and keeps the batch of the time itself', () => {
    const files = selection();
    files.select(101_000, [file('a', 100_500)]);
    files.select(102_000, [file('b', 101_500)]);
    files.forget(102_000);
    const kept = files.snapshot().map(([batchTime]) => batchTime);
    expect(kept.filter((batchTime) => batchTime > 0)).toEqual([102_000]);
  });

  it('takes no file twice after dropping files outside the window', () => {
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

  it('continues from a snapshot without a difference (BAT-4)', () => {
    const files = selection();
    files.select(101_000, [file('a', 100_500)]);
    const restored = selection();
    restored.restore(structuredClone(files.snapshot()));
    expect(names(restored.select(101_000, []))).toEqual(['a']);
    expect(names(restored.select(102_000, [file('a', 100_500), file('b', 101_500)]))).toEqual(['b']);
  });

  it('restores the files of a batch, and takes the other files again (BAT-4)', () => {
    const files = selection();
    files.select(101_000, [file('a', 100_500), file('b', 100_600)]);
    files.recall(101_000, [file('a', 100_500)]);
    expect(names(files.select(101_000, []))).toEqual(['a']);
    expect(names(files.select(102_000, [file('a', 100_500), file('b', 100_600)]))).toEqual(['b']);
  });

  it('refuses empty intervals', () => {
    expect(() => selection({ batchIntervalMs: 0 })).toThrow(TypeError);
    expect(() => selection({ minRememberMs: Number.NaN })).toThrow(TypeError);
  });

  describe('under a clock that is set', () => {
    const P = 1_000;
    const HOUR_MS = 3_600_000;
    /** Looks on time, once a batch, at a directory that holds these files. */
    function watched(options: Partial<FileSelectionOptions> = {}) {
      const files = selection({ constructedAtMs: 10 * HOUR_MS, ...options });
      const there: StorageEntry[] = [];
      const taken: string[] = [];
      let [batchTime, wallMs] = [10 * HOUR_MS, 10 * HOUR_MS];
      const look = (): void => {
        batchTime += P;
        wallMs += P;
        taken.push(...names(files.select(batchTime, [...there], wallMs)));
        files.forget(batchTime - files.rememberDurationMs);
      };
      const set = (ms: number, skipsTo?: number): void => {
        wallMs += ms;
        batchTime = skipsTo ?? batchTime;
      };
      const put = (name: string, agoMs = 0): void => void there.push(file(name, wallMs + P - 1 - agoMs));
      return { files, there, taken, look, set, put, wall: () => wallMs };
    }

    it('takes files that appear after the clock went back, and takes none twice', () => {
      const { taken, look, set, put } = watched();
      for (let i = 0; i < 90; i += 1) {
        put(`before-${i}`);
        look();
      }
      set(-HOUR_MS);
      for (let i = 0; i < 4_000; i += 1) {
        if (i % 100 === 0) put(`after-${i}`);
        look();
      }
      expect(taken.length).toBe(130);
      expect(new Set(taken).size).toBe(130);
    });

    it('takes no file again from before a step back that ends the remembered time', () => {
      const { taken, look, set, put } = watched();
      put('first');
      for (let i = 0; i < 200; i += 1) look();
      set(-150_000);
      for (let i = 0; i < 400; i += 1) look();
      expect(taken).toEqual(['first']);
    });

    it('still waits for future files when the clock went back', () => {
      const { taken, look, set, put } = watched();
      put('soon', -5_000);
      look();
      set(-2_000);
      for (let i = 0; i < 10; i += 1) look();
      expect(taken).toEqual(['soon']);
    });

    it('leaves out files from before a step back when only new files count', () => {
      const { taken, look, set, there } = watched();
      there.push(file('old', 10 * HOUR_MS - 30_000));
      look();
      set(-60_000);
      for (let i = 0; i < 200; i += 1) look();
      expect(taken).toEqual([]);
    });

    it.each([
      { case: 'skipped', batches: HOUR_MS },
      { case: 'to be made up for', batches: 0 },
    ])('takes files that appeared before and while time was $case', ({ batches }) => {
      const { taken, look, set, put } = watched();
      look();
      put('before');
      set(HOUR_MS, batches === 0 ? undefined : 10 * HOUR_MS + HOUR_MS);
      put('after');
      for (let i = 0; i < 3_700; i += 1) look();
      expect(taken.toSorted()).toEqual(['after', 'before']);
    });

    it('continues another selection, over the time without a listing', () => {
      const { files, look, put, taken } = watched();
      put('first');
      look();
      const next = selection({ constructedAtMs: 12 * HOUR_MS });
      next.watchedSinceMs = files.watchedSinceMs;
      next.restore(files.snapshot());
      next.goOnBehind(10 * HOUR_MS + P);
      const meanwhile = [file('first', 10 * HOUR_MS + P - 1), file('meanwhile', 11 * HOUR_MS)];
      expect(taken).toEqual(['first']);
      expect(names(next.select(12 * HOUR_MS, meanwhile, 12 * HOUR_MS))).toEqual(['meanwhile']);
    });

    it('reports files left out when it continues a selection whose clock was ahead, once', () => {
      const known = file('read', 9 * HOUR_MS);
      const there = [known, file('unknown', HOUR_MS - 10), file('.hidden', HOUR_MS - 10)];
      const next = selection({ constructedAtMs: HOUR_MS });
      next.restore([[10 * HOUR_MS, [known]]]);
      next.goOnBehind(10 * HOUR_MS);
      expect(next.select(10 * HOUR_MS + P, there, HOUR_MS)).toEqual([]);
      expect(next.leftOut.map(({ name }) => name)).toEqual(['unknown']);
      const later = [...there, file('after', HOUR_MS + 1)];
      expect(names(next.select(10 * HOUR_MS + 2 * P, later, HOUR_MS + P))).toEqual(['after']);
      expect(next.leftOut).toEqual([]);
    });

    it('keeps files that must not be taken again in its snapshot', () => {
      const { files, look, set, put, there, wall } = watched();
      put('first');
      for (let i = 0; i < 100; i += 1) look();
      set(-HOUR_MS);
      for (let i = 0; i < 100; i += 1) look();
      const next = selection({ constructedAtMs: 0 });
      next.restore(files.snapshot());
      next.goOnBehind(10 * HOUR_MS + 200 * P);
      expect(next.select(10 * HOUR_MS + 201 * P, there, wall() + P)).toEqual([]);
      expect(next.snapshot().some(([, kept]) => kept.some(({ name }) => name === 'first'))).toBe(true);
    });
  });
});

import { describe, expect, it } from 'vitest';
import type { StorageEntry } from '../contracts/storage.ts';
import { OddEntries } from './odd-entries.ts';

const NOW_MS = 1_000_000;
const entry = (name: string, changes: Partial<StorageEntry> = {}): StorageEntry => ({
  name,
  kind: 'file',
  sizeBytes: 1,
  modifiedMs: NOW_MS,
  ...changes,
});
const LOOP = entry('loop', { kind: 'other', modifiedMs: 0, problem: 'ELOOP' });

describe('OddEntries', () => {
  it.each([
    [LOOP, 'no file', 'cannot be looked at (ELOOP)'],
    [entry('x', { kind: 'other' }), 'no file', 'is neither a file nor a directory'],
    [entry('x', { kind: 'other', problem: 'EILSEQ' }), 'no file', 'has a name that is not UTF-8'],
    [
      entry('x', { modifiedMs: NOW_MS + 3_600_000 }),
      'from the future',
      'has a modification time 3600 s ahead of the clock',
    ],
  ] as const)('finds %o', (odd, kind, what) => {
    expect(new OddEntries().look([entry('plain'), odd], NOW_MS)).toEqual([{ kind, entry: odd, what }]);
  });

  it('finds nothing for files, directories, and clocks slightly ahead', () => {
    const entries = [entry('a'), entry('b', { kind: 'directory', modifiedMs: NOW_MS * 2 })];
    expect(new OddEntries().look([...entries, entry('c', { modifiedMs: NOW_MS + 5_000 })], NOW_MS)).toEqual(
      [],
    );
  });

  it('finds each entry once, and again after its removal and return', () => {
    const odd = new OddEntries();
    expect(odd.look([LOOP], NOW_MS)).toHaveLength(1);
    expect(odd.look([LOOP], NOW_MS)).toHaveLength(0);
    expect(odd.look([], NOW_MS)).toHaveLength(0);
    expect(odd.look([LOOP], NOW_MS)).toHaveLength(1);
  });
});

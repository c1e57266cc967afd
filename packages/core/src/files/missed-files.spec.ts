import { describe, expect, it } from 'vitest';
import type { StorageEntry } from '../contracts/storage.ts';
import { MissedFiles, type SelectedListing } from './missed-files.ts';

const file = (name: string, modifiedMs: number, sizeBytes = 1): StorageEntry => ({
  name,
  kind: 'file',
  sizeBytes,
  modifiedMs,
});

/** The reported files, with a window from 1,000 to 2,000 by default. */
function watched() {
  const told: string[] = [];
  const missed = new MissedFiles(({ why }) => void told.push(why));
  const look = (entries: readonly StorageEntry[], listing: Partial<SelectedListing> = {}): void =>
    missed.look({ entries, accepted: new Set(), oldestMs: 1_000, latestMs: 2_000, ...listing });
  return { missed, told, look };
}

describe('MissedFiles', () => {
  it('reports nothing about initial files', () => {
    const { told, look } = watched();
    look([file('old', 500)]);
    look([file('old', 500)]);
    expect(told).toEqual([]);
  });

  it('reports a file that appears too old once', () => {
    const { told, look } = watched();
    look([]);
    look([file('moved', 500)]);
    look([file('moved', 500)]);
    expect(told).toEqual(['too-old']);
  });

  it('waits for a file from the future', () => {
    const { told, look } = watched();
    look([]);
    look([file('early', 2_001)]);
    look([file('early', 2_001)], { accepted: new Set(['early']), latestMs: 3_000 });
    expect(told).toEqual([]);
  });

  it('reports a file changed after its reading once', () => {
    const { missed, told, look } = watched();
    look([file('a', 1_500)], { accepted: new Set(['a']) });
    missed.settled('a', file('a', 1_500));
    look([file('a', 1_500)]);
    expect(told).toEqual([]);
    look([file('a', 1_900, 2)]);
    look([file('a', 1_950, 3)]);
    expect(told).toEqual(['changed']);
  });

  it('reports a change between the time of a listing and the listing itself, one listing later', () => {
    const { missed, told, look } = watched();
    look([file('a', 1_500)], { accepted: new Set(['a']) });
    missed.settled('a', file('a', 1_500));
    look([file('a', 2_001)]);
    look([file('a', 2_001)]);
    expect(told).toEqual([]);
    look([file('a', 2_001)], { latestMs: 2_100 });
    look([file('a', 2_001)], { latestMs: 2_200 });
    expect(told).toEqual(['changed']);
  });

  it('compares with the state of the file at reading, not at listing', () => {
    const { missed, told, look } = watched();
    look([file('a', 1_500)], { accepted: new Set(['a']) });
    missed.settled('a', file('a', 1_600, 2));
    look([file('a', 1_600, 2)]);
    expect(told).toEqual([]);
  });

  it('ignores a file that waits for reading', () => {
    const { told, look } = watched();
    look([file('a', 1_500)], { accepted: new Set(['a']) });
    look([file('a', 1_600, 2)]);
    expect(told).toEqual([]);
  });

  it('starts over with an abandoned file', () => {
    const { missed, told, look } = watched();
    look([file('a', 1_500)], { accepted: new Set(['a']) });
    missed.settled('a', undefined);
    look([file('a', 1_600, 2)]);
    expect(told).toEqual([]);
    look([file('a', 1_700, 3)]);
    expect(told).toEqual(['changed']);
  });

  it('reports again after the file was accepted again', () => {
    const { missed, told, look } = watched();
    look([]);
    look([file('a', 500)]);
    look([file('a', 1_500)], { accepted: new Set(['a']) });
    missed.settled('a', file('a', 1_500));
    look([file('a', 1_900)]);
    expect(told).toEqual(['too-old', 'changed']);
  });
});

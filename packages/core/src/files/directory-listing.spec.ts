import { describe, expect, it } from 'vitest';
import type { Storage, StorageEntry, StorageListOptions } from '../contracts/storage.ts';
import { DirectoryListing } from './directory-listing.ts';

const NOW_MS = 1_000_000;
const OLD_MS = 100_000;

/** A directory in memory that counts inspected entries. */
class Directory {
  readonly entries = new Map<string, StorageEntry>();
  looks = 0;
  ignoresAccept = false;

  put(name: string, modifiedMs = OLD_MS, sizeBytes = 1): void {
    this.entries.set(name, { name, kind: 'file', sizeBytes, modifiedMs });
  }

  putMany(count: number): void {
    for (let index = 0; index < count; index += 1) this.put(`f${index}`);
  }

  get storage(): Storage {
    const list = async (_: string, { accept = () => true }: StorageListOptions = {}) => {
      const entries = [...this.entries.values()].filter(({ name }) => this.ignoresAccept || accept(name));
      this.looks += entries.length;
      return entries;
    };
    return { list } as Partial<Storage> as Storage;
  }
}

function listingOf(directory: Directory, turns = 10, accept: (name: string) => boolean = () => true) {
  return new DirectoryListing({ storage: directory.storage, directory: '/d', accept, turns });
}

const sorted = (entries: Iterable<StorageEntry>) =>
  [...entries].toSorted((a, b) => (a.name < b.name ? -1 : 1));

describe('DirectoryListing', () => {
  it('inspects all entries of a small directory each time', async () => {
    const directory = new Directory();
    directory.putMany(100);
    const listing = listingOf(directory);
    for (let turn = 0; turn < 3; turn += 1) expect(await listing.list(NOW_MS)).toHaveLength(100);
    expect(directory.looks).toBe(300);
  });

  it('inspects a large directory in turns, and returns all entries each time', async () => {
    const directory = new Directory();
    directory.putMany(5_000);
    const listing = listingOf(directory);
    await listing.list(NOW_MS);
    for (let turn = 1; turn <= 30; turn += 1) {
      directory.looks = 0;
      expect(sorted(await listing.list(NOW_MS))).toEqual(sorted(directory.entries.values()));
      expect(directory.looks).toBeLessThanOrEqual(600);
    }
  });

  it('finds new and removed files at once', async () => {
    const directory = new Directory();
    directory.putMany(5_000);
    const listing = listingOf(directory);
    await listing.list(NOW_MS);
    await listing.list(NOW_MS);
    directory.put('new');
    directory.entries.delete('f77');
    expect(sorted(await listing.list(NOW_MS))).toEqual(sorted(directory.entries.values()));
  });

  it('finds a change of a known file within its turns, and of a recent one at once', async () => {
    const directory = new Directory();
    directory.putMany(5_000);
    directory.put('recent', NOW_MS - 1_000);
    const listing = listingOf(directory);
    await listing.list(NOW_MS);
    await listing.list(NOW_MS);
    directory.put('recent', NOW_MS - 500, 2);
    directory.put('f4321', NOW_MS, 2);
    const sizesOf = async () =>
      new Map((await listing.list(NOW_MS)).map(({ name, sizeBytes }) => [name, sizeBytes]));
    expect((await sizesOf()).get('recent')).toBe(2);
    for (let turn = 1; turn < 10; turn += 1) await listing.list(NOW_MS);
    expect((await sizesOf()).get('f4321')).toBe(2);
  });

  it('returns only accepted names, with or without a filter in the storage', async () => {
    for (const ignoresAccept of [true, false]) {
      const directory = new Directory();
      directory.ignoresAccept = ignoresAccept;
      directory.putMany(3_000);
      directory.put('a.csv');
      const listing = listingOf(directory, 10, (name) => name.endsWith('.csv'));
      for (let turn = 0; turn < 3; turn += 1)
        expect((await listing.list(NOW_MS)).map(({ name }) => name)).toEqual(['a.csv']);
    }
  });

  it('keeps its knowledge when a listing fails', async () => {
    const directory = new Directory();
    directory.putMany(3_000);
    const { storage } = directory;
    let isFailing = false;
    const list = (...args: Parameters<Storage['list']>) =>
      isFailing ? Promise.reject(new Error('no')) : storage.list(...args);
    const listing = new DirectoryListing({
      storage: { list } as Partial<Storage> as Storage,
      directory: '/d',
      accept: () => true,
      turns: 10,
    });
    await listing.list(NOW_MS);
    isFailing = true;
    await expect(listing.list(NOW_MS)).rejects.toThrow('no');
    isFailing = false;
    expect(await listing.list(NOW_MS)).toHaveLength(3_000);
  });
});

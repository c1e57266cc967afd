import { posix } from 'node:path';
import { SeededRandom, type Storage, type StorageFile } from '@millrace/core';
import { coreError } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { numbersOf, outcomeOf, problemsOf } from '../../../test/assert-kit.ts';
import { FaultyStorage } from '../../faulty-storage.ts';
import { STORAGE_KIT } from './storage-conformance.ts';
import type { StorageSubject } from './storage-target.ts';

type FileChanges = (file: StorageFile) => Partial<StorageFile>;
/** A defect: replaced methods of the storage or its files, or a disk that forgets. */
interface Bug {
  readonly is: string;
  readonly storage?: (right: Storage) => Partial<Storage>;
  readonly file?: FileChanges;
  readonly staysLocked?: true;
  readonly opensAnything?: boolean;
}

const plain = () => Promise.reject(new Error('ENOENT'));

const BUGS: Readonly<Record<string, Bug>> = {
  'STORAGE-1.1': { is: 'passes on plain errors', storage: () => ({ list: plain }) },
  'STORAGE-1.2': {
    is: 'tells a full disk as any failure',
    file: (file) => ({ append: (b) => file.append(b).catch(() => Promise.reject(new Error('EIO'))) }),
  },
  'STORAGE-2.1': {
    is: 'creates files opened for reading',
    storage: (right) => ({ open: (path) => right.open(path, 'append') }),
  },
  'STORAGE-3.1': {
    is: 'opens existing files with create',
    storage: (right) => ({ open: (path) => right.open(path, 'append') }),
  },
  'STORAGE-3.2': {
    is: 'checks before creating',
    storage: (right) => ({ open: (path) => right.open(path, 'append') }),
  },
  'STORAGE-4.1': {
    is: 'begins anew',
    storage: (right) => ({
      open: async (path, mode) => {
        if (mode === 'append') await right.remove(path);
        return right.open(path, mode);
      },
    }),
  },
  'STORAGE-5.1': {
    is: 'takes a part of the buffers',
    file: (file) => ({ append: (buffers) => file.append(buffers.slice(0, 1_024)) }),
  },
  'STORAGE-8.1': { is: 'never syncs', file: () => ({ sync: () => Promise.resolve() }) },
  'STORAGE-8.2': {
    is: 'never syncs overwritten content',
    storage: (right) => ({
      open: async (path, mode) => {
        const file = await right.open(path, mode);
        if (mode === 'overwrite') file.sync = () => Promise.resolve();
        return file;
      },
    }),
  },
  'STORAGE-27.1': {
    is: 'empties overwritten files',
    storage: (right) => ({
      open: async (path, mode) => {
        const file = await right.open(path, mode);
        if (mode === 'overwrite') await file.truncate(0);
        return file;
      },
    }),
  },
  'STORAGE-27.2': {
    is: 'creates files opened for overwrite',
    storage: (right) => ({
      open: (path, mode) => right.open(path, mode === 'overwrite' ? 'append' : mode),
    }),
  },
  'STORAGE-28.1': { is: 'does not cut', file: () => ({ truncate: () => Promise.resolve() }) },
  'STORAGE-9.1': {
    is: 'returns partial reads',
    file: (file) => ({ readAt: (offset, length) => file.readAt(offset, Math.min(length, 65_536)) }),
  },
  'STORAGE-10.1': {
    is: 'reads into one buffer',
    file: (file) => {
      const shared = new Uint8Array(300_000);
      return {
        readAt: async (offset, length) => {
          const bytes = await file.readAt(offset, length);
          shared.set(bytes);
          return shared.subarray(0, bytes.byteLength);
        },
      };
    },
  },
  'STORAGE-11.1': { is: 'does not cut', file: () => ({ truncate: () => Promise.resolve() }) },
  'STORAGE-12.1': { is: 'stays open', file: () => ({ close: () => Promise.resolve() }) },
  'STORAGE-13.1': {
    is: 'lists a page',
    storage: (right) => ({ list: async (path) => (await right.list(path)).slice(0, 100) }),
  },
  'STORAGE-14.1': {
    is: 'names paths',
    storage: (right) => ({
      list: async (path) =>
        (await right.list(path)).map((entry) => ({ ...entry, name: `${path}/${entry.name}` })),
    }),
  },
  'STORAGE-14.2': {
    is: 'does not follow links',
    storage: () => ({ stat: () => Promise.resolve(undefined) }),
  },
  'STORAGE-15.1': {
    is: 'gives directories a size',
    storage: (right) => ({
      list: async (path) => (await right.list(path)).map((one) => ({ ...one, sizeBytes: 4 })),
    }),
  },
  'STORAGE-16.1': { is: 'fails for absent paths', storage: () => ({ stat: plain }) },
  'STORAGE-17.1': {
    is: 'removes, then renames',
    storage: (right) => ({
      rename: async (from, to) => {
        await right.remove(to);
        for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
        await right.rename(from, to);
      },
    }),
  },
  'STORAGE-18.1': {
    is: 'fails to remove absent files',
    storage: (right) => ({
      remove: async (path) => ((await right.stat(path)) === undefined ? plain() : right.remove(path)),
    }),
  },
  'STORAGE-19.1': {
    is: 'fails for existing directories',
    storage: (right) => ({
      makeDirectory: async (path) =>
        (await right.stat(path)) === undefined ? right.makeDirectory(path) : plain(),
    }),
  },
  'STORAGE-20.1': {
    is: 'never syncs directories',
    storage: () => ({ syncDirectory: () => Promise.resolve() }),
  },
  'STORAGE-21.1': {
    is: 'locks nothing',
    storage: () => ({ lock: () => Promise.resolve(() => Promise.resolve()) }),
  },
  'STORAGE-21.2': {
    is: 'locks nothing',
    storage: () => ({ lock: () => Promise.resolve(() => Promise.resolve()) }),
  },
  'STORAGE-22.1': { is: 'keeps locks of the dead', staysLocked: true },
  'STORAGE-29.1': {
    is: 'omits entries without a stat',
    storage: (right) => ({
      list: async (path) => (await right.list(path)).filter(({ problem }) => problem === undefined),
    }),
  },
  'STORAGE-30.1': { is: 'opens anything', opensAnything: true },
  'STORAGE-31.1': { is: 'syncs removed files', file: () => ({ sync: () => Promise.resolve() }) },
  'STORAGE-31.2': {
    is: 'keeps the first name of a file',
    storage: (right) => ({
      open: async (path, mode) => {
        const file = await right.open(path, mode);
        const { sync } = file;
        file.sync = async () =>
          (await right.stat(path)) === undefined ? Promise.reject(new Error('gone')) : sync.call(file);
        return file;
      },
    }),
  },
  'STORAGE-32.1': {
    is: 'returns refused entries',
    storage: (right) => ({
      list: async (path, { accept } = {}) =>
        (await right.list(path)).filter(({ name }) => accept === undefined || !accept(name)),
    }),
  },
  'STORAGE-33.1': {
    is: 'gives no permissions',
    storage: (right) => ({ makeDirectory: (path) => right.makeDirectory(path) }),
  },
  'STORAGE-34.1': {
    is: 'answers for any directory',
    storage: () => ({ freeBytes: async () => 1_000 }),
  },
  'STORAGE-35.1': {
    is: 'takes a part of the buffers durably',
    file: (file) => ({ appendDurably: async (buffers) => file.appendDurably?.(buffers.slice(0, 1)) }),
  },
  'STORAGE-35.2': {
    is: 'appends to removed files',
    file: (file) => ({ appendDurably: (buffers) => file.append(buffers) }),
  },
  'STORAGE-35.3': {
    is: 'only appends',
    file: (file) => ({ appendDurably: (buffers) => file.append(buffers) }),
  },
  'STORAGE-23.1': {
    is: 'keeps locks that were given back',
    storage: (right) => ({ lock: async (path) => (await right.lock(path), () => Promise.resolve()) }),
  },
};

function changed(right: Storage, { storage, file }: Bug): Storage {
  const with_ = <T extends object>(target: T, changes: Partial<T>): T =>
    new Proxy(target, {
      get: (_, name) => {
        const value: unknown = Reflect.get(name in changes ? changes : target, name);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
  const files =
    file === undefined
      ? right
      : with_(right, {
          open: async (path, mode) => {
            const opened = await right.open(path, mode);
            return with_(opened, file(opened));
          },
        });
  return with_(files, storage?.(right) ?? {});
}

/** Changes to a disk made by other processes, unknown to the disk object. */
class Neighbours {
  readonly #unseen = new Set<string>();
  readonly #special = new Set<string>();
  readonly #taken = new Set<string>();
  readonly #permissions = new Map<string, number>();
  readonly #opensAnything: boolean;

  constructor({ opensAnything = false }: Bug) {
    this.#opensAnything = opensAnything;
  }

  /** A storage that handles such changes correctly. */
  readonly storage: Bug = {
    is: 'right',
    storage: (right) => ({
      list: async (path, { accept = () => true } = {}) => {
        const unseen = [...this.#unseen].filter((odd) => posix.dirname(odd) === path);
        const odd = unseen.map((one) => ({
          name: posix.basename(one),
          kind: 'other' as const,
          sizeBytes: 0,
          modifiedMs: 0,
          problem: 'ELOOP',
        }));
        return [...(await right.list(path)), ...odd].filter(({ name }) => accept(name));
      },
      open: async (path, mode, { permissions = 0o644 } = {}) => {
        if (this.#special.has(path) && !this.#opensAnything)
          throw coreError('MR_STORAGE_FAILED', 'a FIFO', { details: { path } });
        if (this.#special.has(path)) return right.open(path, 'append');
        this.#permissions.set(path, permissions);
        const file = await right.open(path, mode);
        const { sync, appendDurably } = file;
        const assertThere = (): void => {
          if (this.#taken.has(path)) throw coreError('MR_STORAGE_NOT_FOUND', 'gone', { details: { path } });
        };
        file.sync = async () => {
          assertThere();
          await sync.call(file);
        };
        file.appendDurably = async (buffers) => {
          assertThere();
          await appendDurably?.call(file, buffers);
        };
        return file;
      },
      makeDirectory: async (path, { permissions = 0o755 } = {}) => {
        if ((await right.stat(path)) === undefined) this.#permissions.set(path, permissions);
        await right.makeDirectory(path);
      },
    }),
  };

  hooks(disk: FaultyStorage) {
    return {
      makeUnseen: async (path: string) => void this.#unseen.add(path),
      makeSpecial: async (path: string) => void this.#special.add(path),
      takeAway: async (path: string) => {
        this.#taken.add(path);
        await disk.remove(path);
      },
      permissionsOf: async (path: string) => this.#permissions.get(path) ?? 0o755,
    };
  }
}

/** Seeds differ where randomness decides about the survival of unsynced data. */
function subjectWith(bug: Bug = { is: 'right' }): StorageSubject {
  return {
    capabilities: { durability: 'machine' },
    create: async () => {
      const disk = new FaultyStorage({ random: new SeededRandom(3), pageBytes: 64 });
      await disk.makeDirectory('/d');
      await disk.syncDirectory('/');
      const links = new Map<string, string>();
      const withLinks = changed(disk, {
        is: 'with links',
        storage: (right) => ({ stat: (path) => right.stat(links.get(path) ?? path) }),
      });
      const neighbours = new Neighbours(bug);
      return {
        ...neighbours.hooks(disk),
        storage: changed(changed(withLinks, neighbours.storage), bug),
        directory: '/d',
        setFull: (isFull) => void (disk.capacityBytes = isFull ? 0 : Infinity),
        losePower: () => disk.crash(),
        makeLink: async (target, path) => void links.set(path, target),
        lockElsewhere: async (path) => {
          const release = await disk.lock(path);
          return { kill: async () => (bug.staysLocked === true ? undefined : release()) };
        },
      };
    },
  };
}

describe('the kit of storages', () => {
  it('passes a correct storage', async () => {
    expect(await problemsOf(STORAGE_KIT, subjectWith())).toEqual([]);
  });

  it('has a broken storage for every check', () => {
    expect(Object.keys(BUGS).toSorted()).toEqual(numbersOf(STORAGE_KIT));
  });

  it.each(Object.entries(BUGS).map(([number, bug]) => [number, bug.is, bug] as const))(
    '%s fails a storage that %s',
    async (number, _, bug) => {
      expect(await outcomeOf(STORAGE_KIT, number, subjectWith(bug))).toBe(`failed ${number}`);
    },
  );
});

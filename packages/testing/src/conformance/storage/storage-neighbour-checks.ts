// Checks of a storage whose directories other processes use as well.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { isMillraceError } from '@millrace/core';
import type { ConformanceCheck } from '../kit/conformance-check.ts';
import { hook } from '../kit/not-applicable.ts';
import { rejectionOf, told } from '../kit/rejection-of.ts';
import { utf8Bytes } from '../kit/text-bytes.ts';
import { read, type StorageTrial, write } from './storage-checks.ts';

/** Checks of entries, names and permissions. */
export const STORAGE_NEIGHBOUR_CHECKS: readonly ConformanceCheck<StorageTrial>[] = [
  {
    number: 'STORAGE-29.1',
    title: 'an entry whose stat fails is listed with its problem, beside the other entries',
    look: 'a failed stat of one entry that fails the whole list, or omits the entry',
    run: async ({ target }) => {
      const makeUnseen = hook(target, 'makeUnseen');
      const { storage, directory } = target;
      await write(storage, join(directory, 'file'), 'x');
      await makeUnseen(join(directory, 'odd'));
      const entries = await storage.list(directory);
      const shown = entries.map(({ name, kind, problem }) => `${kind} ${name} ${typeof problem}`).toSorted();
      assert.deepEqual(shown, ['file file undefined', 'other odd string']);
    },
  },
  {
    number: 'STORAGE-30.1',
    title: 'open refuses an entry that is not a regular file',
    look: 'an open that waits for another process, and a missing check of the opened entry',
    run: async ({ target }) => {
      const makeSpecial = hook(target, 'makeSpecial');
      const { storage, directory } = target;
      const path = join(directory, 'special');
      await makeSpecial(path);
      for (const mode of ['read', 'append', 'overwrite'] as const) {
        const error = await rejectionOf(storage.open(path, mode));
        assert(isMillraceError(error, 'MR_STORAGE_FAILED'), `expected MR_STORAGE_FAILED, got ${told(error)}`);
      }
    },
  },
  {
    number: 'STORAGE-31.1',
    title: 'sync fails when another process removed or replaced the file',
    promises: ['STA-1'],
    look: 'a file that stays open without its name',
    run: async ({ target }) => {
      const takeAway = hook(target, 'takeAway');
      const { storage, directory } = target;
      for (const isReplaced of [false, true]) {
        const path = join(directory, `segment-${isReplaced}`);
        const file = await storage.open(path, 'create');
        await file.append([utf8Bytes('one')]);
        await file.sync();
        await takeAway(path);
        if (isReplaced) await write(storage, path, 'another');
        await file.append([utf8Bytes('two')]);
        const error = await rejectionOf(file.sync());
        assert(
          isMillraceError(error, 'MR_STORAGE_NOT_FOUND'),
          `expected MR_STORAGE_NOT_FOUND, got ${told(error)}`,
        );
        await file.close();
      }
    },
  },
  {
    number: 'STORAGE-31.2',
    title: 'sync works on a file that the storage itself has renamed',
    look: 'the name used to open a file',
    run: async ({ target: { storage, directory } }) => {
      const file = await storage.open(join(directory, 'spare'), 'create');
      await file.append([utf8Bytes('one')]);
      await storage.rename(join(directory, 'spare'), join(directory, 'segment'));
      await file.append([utf8Bytes(' two')]);
      await file.sync();
      await file.close();
      assert.equal(await read(storage, join(directory, 'segment')), 'one two');
    },
  },
  {
    number: 'STORAGE-35.1',
    title: 'a durable append continues where the last append ended, in every mode of writing',
    promises: ['WAL-1'],
    look: 'a second position in the file: appends and durable appends take turns',
    run: async ({ target: { storage, directory } }) => {
      for (const mode of ['create', 'append', 'overwrite'] as const) {
        const path = join(directory, mode);
        if (mode !== 'create') await write(storage, path, 'old content');
        const file = await storage.open(path, mode);
        const appendDurably = hook(file, 'appendDurably');
        await file.append([utf8Bytes('a')]);
        await appendDurably([utf8Bytes('b'), utf8Bytes(''), utf8Bytes('c')]);
        await file.append([utf8Bytes('d')]);
        await file.sync();
        await appendDurably([utf8Bytes('e')]);
        await file.close();
        const before = { create: '', append: 'old content', overwrite: '' }[mode];
        const after = mode === 'overwrite' ? 'old content'.slice(5) : '';
        assert.equal(await read(storage, path), `${before}abcde${after}`);
      }
    },
  },
  {
    number: 'STORAGE-35.2',
    title: 'a durable append fails when another process removed or replaced the file',
    promises: ['WAL-1'],
    look: 'a file that is opened by its name for durable appends',
    run: async ({ target }) => {
      const takeAway = hook(target, 'takeAway');
      const { storage, directory } = target;
      for (const isFirst of [false, true]) {
        for (const isReplaced of [false, true]) {
          const path = join(directory, `segment-${isFirst}-${isReplaced}`);
          const file = await storage.open(path, 'create');
          const appendDurably = hook(file, 'appendDurably');
          if (!isFirst) await appendDurably([utf8Bytes('one')]);
          await takeAway(path);
          if (isReplaced) await write(storage, path, 'another');
          const error = await rejectionOf(appendDurably([utf8Bytes('two')]));
          assert(
            isMillraceError(error, 'MR_STORAGE_NOT_FOUND'),
            `expected MR_STORAGE_NOT_FOUND, got ${told(error)}`,
          );
          await file.close();
          if (isReplaced) assert.equal(await read(storage, path), 'another');
        }
      }
    },
  },
  {
    number: 'STORAGE-35.3',
    title: 'durably appended content survives the loss of power, also over other content',
    promises: ['WAL-1'],
    look: 'a missing sync, and a sync of the new bytes alone: earlier appends are included',
    run: async ({ target }) => {
      const losePower = hook(target, 'losePower');
      const { storage, directory } = target;
      const content = 'x'.repeat(10_000);
      for (const mode of ['create', 'overwrite'] as const) {
        const path = join(directory, mode);
        if (mode === 'overwrite') await write(storage, path, 'y'.repeat(20_000));
        const file = await storage.open(path, mode);
        const appendDurably = hook(file, 'appendDurably');
        await file.append([utf8Bytes('before')]);
        await appendDurably([utf8Bytes(content)]);
        await file.close();
      }
      await storage.syncDirectory(directory);
      const after = losePower();
      for (const mode of ['create', 'overwrite']) {
        const found = await read(after, join(directory, mode));
        assert.equal(found.slice(0, 6 + content.length), `before${content}`, mode);
      }
    },
  },
  {
    number: 'STORAGE-32.1',
    title: 'list with accept returns every accepted entry, and asks for every name or for none',
    look: 'names skipped without a question',
    run: async ({ target: { storage, directory } }) => {
      const names = ['a.csv', 'b.txt', 'c.csv'];
      for (const name of names) await write(storage, join(directory, name), 'x');
      const asked: string[] = [];
      const accept = (name: string) => {
        asked.push(name);
        return name.endsWith('.csv');
      };
      const listed = (await storage.list(directory, { accept })).map(({ name }) => name);
      assert.deepEqual(listed.filter((name) => name.endsWith('.csv')).toSorted(), ['a.csv', 'c.csv']);
      if (asked.length === 0) return;
      assert.deepEqual(asked.toSorted(), names);
      assert.equal(listed.length, 2, 'an entry was answered that had been refused');
    },
  },
  {
    number: 'STORAGE-33.1',
    title: 'new files and directories have the requested permissions',
    look: 'the third argument of open, the second of makeDirectory, and parent directories',
    run: async ({ target }) => {
      const permissionsOf = hook(target, 'permissionsOf');
      const { storage, directory } = target;
      const below = join(directory, 'above', 'below');
      await storage.makeDirectory(below, { permissions: 0o700 });
      await storage.makeDirectory(join(directory, 'above'), { permissions: 0o700 });
      const file = await storage.open(join(below, 'file'), 'append', { permissions: 0o600 });
      await file.close();
      assert.deepEqual(
        [await permissionsOf(below), await permissionsOf(join(below, 'file'))],
        [0o700, 0o600],
      );
      assert.notEqual(
        await permissionsOf(join(directory, 'above')),
        0o700,
        'a parent directory was made private, too',
      );
    },
  },
  {
    number: 'STORAGE-34.1',
    title: 'freeBytes returns the bytes that can still be written, and rejects without an answer',
    look: 'blocks mistaken for bytes, space for the administrator alone, a missing directory',
    run: async ({ target }) => {
      const { storage, directory } = target;
      const freeBytes = hook(storage, 'freeBytes');
      const free = await freeBytes(directory);
      assert(typeof free === 'number' && free >= 0, `expected a number of at least 0, got ${free}`);
      assert.deepEqual(await storage.list(directory), [], 'the directory has changed');
      const error = await rejectionOf(freeBytes(join(directory, 'absent')));
      assert(
        isMillraceError(error, 'MR_STORAGE_NOT_FOUND'),
        `expected MR_STORAGE_NOT_FOUND, got ${told(error)}`,
      );
      if (target.setFull === undefined) return;
      target.setFull(true);
      assert.equal(await freeBytes(directory), 0, 'a full disk has free bytes');
      target.setFull(false);
    },
  },
];

// Checks of a storage: files.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { isMillraceError, type Storage } from '@millrace/core';
import type { ConformanceCheck } from '../kit/conformance-check.ts';
import { applies, hook } from '../kit/not-applicable.ts';
import { rejectionOf, told } from '../kit/rejection-of.ts';
import { utf8Bytes, utf8Text } from '../kit/text-bytes.ts';
import type { TargetTrial } from '../kit/with-target.ts';
import type { StorageCapabilities, StorageTarget } from './storage-target.ts';

/** The input of each check. */
export type StorageTrial = TargetTrial<StorageTarget, StorageCapabilities>;

const MANY_BUFFERS = 3_000;

/** Checks of files. */
export const STORAGE_FILE_CHECKS: readonly ConformanceCheck<StorageTrial>[] = [
  {
    number: 'STORAGE-1.1',
    title: 'failures have a code and the path in their details',
    look: 'system errors passed on unchanged',
    run: async ({ target: { storage, directory } }) => {
      const path = join(directory, 'absent');
      for (const failing of [
        () => storage.open(path, 'read'),
        () => storage.list(path),
        () => storage.rename(path, `${path}-2`),
        () => storage.open(join(path, 'below'), 'append'),
      ]) {
        const error = await rejectionOf(failing());
        assert(
          isMillraceError(error, 'MR_STORAGE_NOT_FOUND'),
          `expected MR_STORAGE_NOT_FOUND, got ${told(error)}`,
        );
        assert(String(error.details['path']).startsWith(path), 'details name another path');
      }
    },
  },
  {
    number: 'STORAGE-1.2',
    title: 'a full disk is reported as MR_STORAGE_FULL, and writing resumes when there is room',
    look: 'ENOSPC and EDQUOT',
    run: async ({ target }) => {
      const setFull = hook(target, 'setFull');
      const { storage, directory } = target;
      const file = await storage.open(join(directory, 'file'), 'create');
      setFull(true);
      const error = await rejectionOf(file.append([new Uint8Array(100_000)]));
      assert(isMillraceError(error, 'MR_STORAGE_FULL'), `expected MR_STORAGE_FULL, got ${told(error)}`);
      setFull(false);
      await file.truncate(0);
      await file.append([new Uint8Array(100)]);
      await file.close();
    },
  },
  {
    number: 'STORAGE-2.1',
    title: 'an absent file is not opened for reading and not created',
    look: 'the flags of open',
    run: async ({ target: { storage, directory } }) => {
      const path = join(directory, 'absent');
      const error = await rejectionOf(storage.open(path, 'read'));
      assert(
        isMillraceError(error, 'MR_STORAGE_NOT_FOUND'),
        `expected MR_STORAGE_NOT_FOUND, got ${told(error)}`,
      );
      assert.equal(await storage.stat(path), undefined, 'opening for reading created the file');
    },
  },
  {
    number: 'STORAGE-3.1',
    title: 'create fails with MR_STORAGE_EXISTS when the name is taken, and leaves the existing entry',
    look: 'the flags of open: create and fail in one step',
    run: async ({ target: { storage, directory } }) => {
      const path = join(directory, 'file');
      await write(storage, path, 'mine');
      const error = await rejectionOf(storage.open(path, 'create'));
      assert(isMillraceError(error, 'MR_STORAGE_EXISTS'), `expected MR_STORAGE_EXISTS, got ${told(error)}`);
      assert.equal(await read(storage, path), 'mine');
    },
  },
  {
    number: 'STORAGE-3.2',
    title: 'of several concurrent creates of a file, one succeeds',
    look: 'checking and creating in two steps',
    run: async ({ target: { storage, directory } }) => {
      const path = join(directory, 'file');
      const tries = Array.from({ length: 8 }, () => storage.open(path, 'create'));
      const results = await Promise.allSettled(tries);
      const opened = results.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      for (const file of opened) await file.close();
      assert.equal(opened.length, 1, `${opened.length} openers believe to have created the file`);
    },
  },
  {
    number: 'STORAGE-4.1',
    title: 'append creates an absent file, and continues at the end of an existing one',
    look: 'the flags of open',
    run: async ({ target: { storage, directory } }) => {
      const path = join(directory, 'file');
      for (const text of ['one ', 'two']) {
        const file = await storage.open(path, 'append');
        await file.append([utf8Bytes(text)]);
        await file.close();
      }
      assert.equal(await read(storage, path), 'one two');
    },
  },
  {
    number: 'STORAGE-27.1',
    title: 'overwrite replaces the content from the beginning, append by append, and grows beyond the end',
    look: 'a position that appends do not share, and a file that opening empties',
    run: async ({ target: { storage, directory } }) => {
      const path = join(directory, 'file');
      await write(storage, path, 'old content');
      const file = await storage.open(path, 'overwrite');
      await file.append([utf8Bytes('n'), utf8Bytes('ew')]);
      await file.append([utf8Bytes(', ')]);
      assert.equal(await file.size(), 11, 'the size is that of the whole file');
      assert.equal(utf8Text(await file.readAt(0, 100)), 'new, ontent');
      await file.append([utf8Bytes('and longer')]);
      await file.close();
      assert.equal(await read(storage, path), 'new, and longer');
    },
  },
  {
    number: 'STORAGE-27.2',
    title: 'overwrite fails with MR_STORAGE_NOT_FOUND when the file is absent, and creates nothing',
    look: 'the flags of open',
    run: async ({ target: { storage, directory } }) => {
      const path = join(directory, 'absent');
      const error = await rejectionOf(storage.open(path, 'overwrite'));
      assert(
        isMillraceError(error, 'MR_STORAGE_NOT_FOUND'),
        `expected MR_STORAGE_NOT_FOUND, got ${told(error)}`,
      );
      assert.equal(await storage.stat(path), undefined, 'opening created the file');
    },
  },
  {
    number: 'STORAGE-28.1',
    title: 'truncate cuts the rest of the old content, and append continues there',
    look: 'a position beyond the new end',
    run: async ({ target: { storage, directory } }) => {
      const path = join(directory, 'file');
      await write(storage, path, 'old content');
      const file = await storage.open(path, 'overwrite');
      await file.append([utf8Bytes('new torn')]);
      await file.truncate(4);
      assert.equal(await file.size(), 4);
      await file.append([utf8Bytes('end')]);
      await file.close();
      assert.equal(await read(storage, path), 'new end');
    },
  },
  {
    number: 'STORAGE-5.1',
    title: 'append writes all buffers, in order',
    look: 'a write of which the system accepts only a part, and more buffers than the system accepts at once',
    run: async ({ target: { storage, directory } }) => {
      const texts = Array.from({ length: MANY_BUFFERS }, (_, i) => (i % 7 === 0 ? '' : `buffer ${i} `));
      const path = join(directory, 'file');
      const file = await storage.open(path, 'create');
      await file.append(texts.map(utf8Bytes));
      await file.append([]);
      assert.equal(await file.size(), texts.join('').length);
      await file.close();
      assert.equal(await read(storage, path), texts.join(''));
    },
  },
  {
    number: 'STORAGE-8.1',
    title: 'synced content in a synced directory survives a power loss',
    promises: ['WAL-1'],
    look: 'sync of the file, and of the directory that got the new file',
    run: async ({ target, capabilities }) => {
      applies(capabilities.durability === 'machine', 'the storage does not claim to survive a loss of power');
      const losePower = hook(target, 'losePower');
      const { storage, directory } = target;
      const path = join(directory, 'file');
      const file = await storage.open(path, 'create');
      await file.append([utf8Bytes('synced'), new Uint8Array(10_000)]);
      await file.sync();
      await storage.syncDirectory(directory);
      const after = await read(losePower(), path);
      assert.equal(after.slice(0, 6), 'synced');
      assert.equal(after.length, 10_006);
    },
  },
  {
    number: 'STORAGE-8.2',
    title: 'overwritten and synced content survives a power loss, also under a new name',
    promises: ['WAL-1'],
    look: 'sync of a file with an unchanged size',
    run: async ({ target, capabilities }) => {
      applies(capabilities.durability === 'machine', 'the storage does not claim to survive a loss of power');
      const losePower = hook(target, 'losePower');
      const { storage, directory } = target;
      const path = join(directory, 'file');
      const made = await storage.open(path, 'create');
      await made.append([new Uint8Array(10_000)]);
      await made.sync();
      await made.close();
      await storage.syncDirectory(directory);
      const file = await storage.open(path, 'overwrite');
      await file.append([utf8Bytes('over'), new Uint8Array(4_000), utf8Bytes('written')]);
      await file.sync();
      await storage.rename(path, `${path}-2`);
      await storage.syncDirectory(directory);
      const after = await read(losePower(), `${path}-2`);
      assert.equal(after.slice(0, 4) + after.slice(4_004, 4_011), 'overwritten');
      assert.equal(after.length, 10_000);
    },
  },
  {
    number: 'STORAGE-9.1',
    title: 'readAt returns fewer bytes only at the end of the file',
    look: 'a read of which the system returns a part',
    run: async ({ target: { storage, directory } }) => {
      const path = join(directory, 'file');
      await write(storage, path, 'x'.repeat(200_000));
      const file = await storage.open(path, 'read');
      assert.equal((await file.readAt(10, 150_000)).byteLength, 150_000);
      assert.equal((await file.readAt(199_990, 100)).byteLength, 10);
      assert.equal((await file.readAt(200_000, 1)).byteLength, 0);
      assert.equal((await file.readAt(300_000, 1)).byteLength, 0);
      const both = await Promise.all([file.readAt(0, 1_000), file.readAt(5, 1_000)]);
      assert(both.every(({ byteLength }) => byteLength === 1_000));
      await file.close();
    },
  },
  {
    number: 'STORAGE-10.1',
    title: 'the returned bytes belong to the caller',
    look: 'a buffer reused by the next read, or shared with the file',
    run: async ({ target: { storage, directory } }) => {
      const path = join(directory, 'file');
      await write(storage, path, 'abcdef');
      const file = await storage.open(path, 'read');
      const first = await file.readAt(0, 6);
      const second = await file.readAt(0, 6);
      first.fill(0);
      assert.equal(utf8Text(second), 'abcdef');
      assert.equal(utf8Text(await file.readAt(0, 6)), 'abcdef');
      await file.close();
    },
  },
  {
    number: 'STORAGE-11.1',
    title: 'truncate cuts a file, and append continues there',
    look: 'a remembered position',
    run: async ({ target: { storage, directory } }) => {
      const path = join(directory, 'file');
      const file = await storage.open(path, 'create');
      await file.append([utf8Bytes('good torn')]);
      await file.truncate(5);
      assert.equal(await file.size(), 5);
      await file.append([utf8Bytes('again')]);
      await file.close();
      assert.equal(await read(storage, path), 'good again');
    },
  },
  {
    number: 'STORAGE-12.1',
    title: 'close may be repeated, and every other operation fails afterwards',
    look: 'a second close of a descriptor that may belong to another file by then',
    run: async ({ target: { storage, directory } }) => {
      const file = await storage.open(join(directory, 'file'), 'create');
      await file.append([utf8Bytes('x')]);
      await file.close();
      await file.close();
      const uses = [
        () => file.append([utf8Bytes('y')]),
        () => file.readAt(0, 1),
        () => file.sync(),
        () => file.truncate(0),
        () => file.size(),
      ];
      for (const use of uses) assert((await rejectionOf(use())) !== undefined, 'a file was used after close');
    },
  },
];

/** Writes a whole file. */
export async function write(storage: Storage, path: string, text: string): Promise<void> {
  const file = await storage.open(path, 'create');
  await file.append([utf8Bytes(text)]);
  await file.close();
}

/** Reads a whole file. */
export async function read(storage: Storage, path: string): Promise<string> {
  const file = await storage.open(path, 'read');
  const bytes = await file.readAt(0, await file.size());
  await file.close();
  return utf8Text(bytes);
}

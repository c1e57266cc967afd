// Checks of a storage: directories and locks.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { isMillraceError } from '@millrace/core';
import type { ConformanceCheck } from '../kit/conformance-check.ts';
import { applies, hook } from '../kit/not-applicable.ts';
import { rejectionOf, told } from '../kit/rejection-of.ts';
import { read, type StorageTrial, write } from './storage-checks.ts';

const MANY_FILES = 150;

/** Checks of directories and locks. */
export const STORAGE_DIRECTORY_CHECKS: readonly ConformanceCheck<StorageTrial>[] = [
  {
    number: 'STORAGE-13.1',
    title: 'list returns every entry, also while files vanish',
    look: 'an entry that vanishes before its stat is left out, and the other entries stay',
    run: async ({ target: { storage, directory } }) => {
      const names = Array.from({ length: MANY_FILES }, (_, i) => `file-${i}`);
      for (const name of names) await write(storage, join(directory, name), name);
      assert.deepEqual(namesOf(await storage.list(directory)), names.toSorted());
      const gone = names.filter((_, i) => i % 3 === 0);
      const [listed] = await Promise.all([
        storage.list(directory),
        ...gone.map((name) => storage.remove(join(directory, name))),
      ]);
      const found = namesOf(listed);
      const missing = names.filter((name) => !gone.includes(name) && !found.includes(name));
      assert.deepEqual(missing, [], 'lasting entries were left out');
    },
  },
  {
    number: 'STORAGE-14.1',
    title: 'an entry has its kind, and its name without a path',
    look: 'names joined with their directory',
    run: async ({ target: { storage, directory } }) => {
      await write(storage, join(directory, 'a file.txt'), 'x');
      await storage.makeDirectory(join(directory, 'below'));
      const entries = await storage.list(directory);
      const shown = entries.map(({ name, kind }) => `${kind} ${name}`).toSorted();
      assert.deepEqual(shown, ['directory below', 'file a file.txt']);
      assert.equal((await storage.stat(join(directory, 'a file.txt')))?.name, 'a file.txt');
    },
  },
  {
    number: 'STORAGE-14.2',
    title: 'links are followed',
    look: 'lstat in place of stat',
    run: async ({ target }) => {
      const makeLink = hook(target, 'makeLink');
      const { storage, directory } = target;
      await write(storage, join(directory, 'file'), 'four');
      await makeLink(join(directory, 'file'), join(directory, 'link'));
      const entry = await storage.stat(join(directory, 'link'));
      assert.deepEqual([entry?.kind, entry?.sizeBytes], ['file', 4]);
    },
  },
  {
    number: 'STORAGE-15.1',
    title: 'files have their size in bytes, and every other entry has size 0',
    look: 'the size that a system assigns to a directory',
    run: async ({ target: { storage, directory } }) => {
      await write(storage, join(directory, 'file'), 'four');
      await storage.makeDirectory(join(directory, 'below'));
      const sizes = (await storage.list(directory))
        .map(({ name, sizeBytes }) => `${name} ${sizeBytes}`)
        .toSorted();
      assert.deepEqual(sizes, ['below 0', 'file 4']);
    },
  },
  {
    number: 'STORAGE-16.1',
    title: 'stat of an absent path returns undefined',
    look: 'absence reported as a failure',
    run: async ({ target: { storage, directory } }) => {
      assert.equal(await storage.stat(join(directory, 'absent')), undefined);
      assert.equal(await storage.stat(join(directory, 'absent', 'below')), undefined);
    },
  },
  {
    number: 'STORAGE-17.1',
    title: 'rename replaces an existing entry in one step',
    look: 'removing first and renaming afterwards: a reader in between finds no file',
    run: async ({ target: { storage, directory } }) => {
      const path = join(directory, 'checkpoint');
      await write(storage, path, 'old');
      await write(storage, `${path}.tmp`, 'new');
      let isDone = false;
      const renaming = storage.rename(`${path}.tmp`, path).then(() => {
        isDone = true;
      });
      do assert((await storage.stat(path)) !== undefined, 'for a moment there was no file under the name');
      while (!isDone);
      await renaming;
      assert.equal(await read(storage, path), 'new');
      assert.equal(await storage.stat(`${path}.tmp`), undefined);
    },
  },
  {
    number: 'STORAGE-18.1',
    title: 'removing an absent file is no error',
    look: 'clean-up is repeated after a crash',
    run: async ({ target: { storage, directory } }) => {
      const path = join(directory, 'file');
      await write(storage, path, 'x');
      await storage.remove(path);
      await storage.remove(path);
      assert.equal(await storage.stat(path), undefined);
    },
  },
  {
    number: 'STORAGE-19.1',
    title: 'makeDirectory creates parents, and may be repeated',
    look: 'the first start is like any other',
    run: async ({ target: { storage, directory } }) => {
      const path = join(directory, 'a', 'b', 'c');
      await storage.makeDirectory(path);
      await write(storage, join(path, 'file'), 'kept');
      await storage.makeDirectory(path);
      assert.equal(await read(storage, join(path, 'file')), 'kept');
    },
  },
  {
    number: 'STORAGE-20.1',
    title: 'a rename survives a power loss once its directory is synced',
    promises: ['STA-1'],
    look: 'a syncDirectory without effect',
    run: async ({ target, capabilities }) => {
      applies(capabilities.durability === 'machine', 'the storage does not claim to survive a loss of power');
      const losePower = hook(target, 'losePower');
      const { storage, directory } = target;
      const path = join(directory, 'checkpoint');
      const file = await storage.open(`${path}.tmp`, 'create');
      await file.append([new TextEncoder().encode('new')]);
      await file.sync();
      await storage.rename(`${path}.tmp`, path);
      await storage.syncDirectory(directory);
      assert.equal(await read(losePower(), path), 'new');
    },
  },
  {
    number: 'STORAGE-21.1',
    title: 'a lock has one owner in this process, also with several concurrent requests',
    look: 'checking and taking in two steps',
    run: async ({ target: { storage, directory } }) => {
      const path = join(directory, 'lock');
      const results = await Promise.allSettled(Array.from({ length: 8 }, () => storage.lock(path)));
      const releases = results.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      for (const one of results)
        if (one.status === 'rejected')
          assert(
            isMillraceError(one.reason, 'MR_STORAGE_LOCKED'),
            `expected MR_STORAGE_LOCKED, got ${told(one.reason)}`,
          );
      for (const release of releases) await release();
      assert.equal(releases.length, 1, `${releases.length} callers hold the lock`);
    },
  },
  {
    number: 'STORAGE-21.2',
    title: 'a lock held by another process is refused',
    look: 'locks known to this process only',
    run: async ({ target }) => {
      const lockElsewhere = hook(target, 'lockElsewhere');
      const path = join(target.directory, 'lock');
      const holder = await lockElsewhere(path);
      try {
        const error = await rejectionOf(target.storage.lock(path));
        assert(isMillraceError(error, 'MR_STORAGE_LOCKED'), `expected MR_STORAGE_LOCKED, got ${told(error)}`);
      } finally {
        await holder.kill();
      }
    },
  },
  {
    number: 'STORAGE-22.1',
    title: 'a lock left by a dead process is taken over',
    look: 'the recognition of the owner: the process number may belong to another process by now',
    run: async ({ target }) => {
      const lockElsewhere = hook(target, 'lockElsewhere');
      const path = join(target.directory, 'lock');
      await (await lockElsewhere(path)).kill();
      const release = await target.storage.lock(path);
      await release();
    },
  },
  {
    number: 'STORAGE-23.1',
    title: 'a released lock can be taken again, and a second release does not affect the new owner',
    look: 'a second release that removes the next owner’s lock',
    run: async ({ target: { storage, directory } }) => {
      const path = join(directory, 'lock');
      const first = await storage.lock(path);
      await first();
      const second = await storage.lock(path);
      await first();
      assert((await rejectionOf(storage.lock(path))) !== undefined, 'the lock was taken from its owner');
      await second();
      await (
        await storage.lock(path)
      )();
    },
  },
];

function namesOf(entries: readonly { readonly name: string }[]): readonly string[] {
  return entries.map(({ name }) => name).toSorted();
}

// Files and directories of the host, as far as the Storage port asks for them.
import { mkdir, open, readdir, rename, stat, unlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Stats } from 'node:fs';
import type { Storage, StorageEntry, StorageFile, StorageOpenMode } from '../contracts/storage.ts';
import { FileLock } from './file-lock.ts';
import { NodeStorageFile } from './node-storage-file.ts';
import { systemCode, withStorageErrors } from './storage-failure.ts';

/** The system's flags: what is appended to goes to the end whatever else happens, and can be read. */
const FLAGS: Readonly<Record<StorageOpenMode, string>> = {
  read: 'r',
  append: 'a+',
  create: 'ax+',
  overwrite: 'r+',
};

/** How many entries are looked at at once: the host has four threads for it, and directories can be large. */
const LOOKS_AT_ONCE = 64;

/** The file system of the host; the default. */
export class NodeStorage implements Storage {
  open(path: string, mode: StorageOpenMode): Promise<StorageFile> {
    return withStorageErrors(
      { name: 'open file', path },
      async () => new NodeStorageFile(await open(path, FLAGS[mode]), path, mode),
    );
  }

  list(directory: string): Promise<readonly StorageEntry[]> {
    return withStorageErrors({ name: 'list directory', path: directory }, async () => {
      const names = await readdir(directory);
      const entries: StorageEntry[] = [];
      for (let from = 0; from < names.length; from += LOOKS_AT_ONCE) {
        const some = names.slice(from, from + LOOKS_AT_ONCE);
        const found = await Promise.all(some.map((name) => entryAt(join(directory, name), name)));
        entries.push(...found.filter((entry) => entry !== undefined));
      }
      return entries;
    });
  }

  stat(path: string): Promise<StorageEntry | undefined> {
    return withStorageErrors({ name: 'look at', path }, () => entryAt(path, basename(path)));
  }

  rename(from: string, to: string): Promise<void> {
    return withStorageErrors({ name: `rename to ${to} the file`, path: from }, () => rename(from, to));
  }

  remove(path: string): Promise<void> {
    return withStorageErrors({ name: 'remove file', path }, () => removeIfThere(path));
  }

  async makeDirectory(path: string): Promise<void> {
    await withStorageErrors({ name: 'make directory', path }, () => mkdir(path, { recursive: true }));
  }

  syncDirectory(directory: string): Promise<void> {
    return withStorageErrors({ name: 'sync directory', path: directory }, async () => {
      // Windows has no such thing: its file system keeps the order of such changes by itself.
      if (process.platform === 'win32') return;
      const handle = await open(directory, 'r');
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
    });
  }

  /** Takes a lock by a lock file at this path; see `FileLock`. */
  async lock(path: string): Promise<() => Promise<void>> {
    const lock = await FileLock.take(path);
    return () => lock.release();
  }
}

/** An entry, or undefined when it is not there, or not there any more. */
async function entryAt(path: string, name: string): Promise<StorageEntry | undefined> {
  try {
    return entryOf(name, await stat(path));
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

function entryOf(name: string, stats: Stats): StorageEntry {
  const kind = stats.isFile() ? 'file' : stats.isDirectory() ? 'directory' : 'other';
  return { name, kind, sizeBytes: kind === 'file' ? stats.size : 0, modifiedMs: stats.mtimeMs };
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
}

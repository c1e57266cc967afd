// Files and directories of the host, within the scope of the Storage port.
import { constants } from 'node:fs';
import { rename, statfs, unlink } from 'node:fs/promises';
import { resolve } from 'node:path';
import type {
  Storage,
  StorageCreation,
  StorageEntry,
  StorageFile,
  StorageListOptions,
  StorageOpenMode,
} from '../contracts/storage.ts';
import { FileLock } from './file-lock.ts';
import { directoryEntries, entryOfPath } from './node-entry.ts';
import { makeDirectories } from './make-directories.ts';
import { NodeStorageFile } from './node-storage-file.ts';
import { openDirectory, openRegular } from './open-regular.ts';
import { systemCode, withStorageErrors } from './storage-failure.ts';

const { O_RDONLY, O_RDWR, O_APPEND, O_CREAT, O_EXCL } = constants;

/** The system's flags: an append always goes to the end, and an appended file can be read. */
const FLAGS: Readonly<Record<StorageOpenMode, number>> = {
  read: O_RDONLY,
  append: O_RDWR | O_APPEND | O_CREAT,
  create: O_RDWR | O_APPEND | O_CREAT | O_EXCL,
  overwrite: O_RDWR,
};

/** The file system of the host; the default. */
export class NodeStorage implements Storage {
  /** Files open for writing, by their current names. */
  readonly #written = new Map<string, Set<NodeStorageFile>>();

  open(path: string, mode: StorageOpenMode, { permissions }: StorageCreation = {}): Promise<StorageFile> {
    return withStorageErrors({ name: 'open file', path }, async () => {
      const opened = await openRegular(path, FLAGS[mode], permissions);
      const file = new NodeStorageFile(opened, path, { mode, onClosed: () => this.#forget(file) });
      if (mode !== 'read') this.#note(file);
      return file;
    });
  }

  list(directory: string, options?: StorageListOptions): Promise<readonly StorageEntry[]> {
    return withStorageErrors({ name: 'list directory', path: directory }, () =>
      directoryEntries(directory, options),
    );
  }

  stat(path: string): Promise<StorageEntry | undefined> {
    return withStorageErrors({ name: 'look at', path }, () => entryOfPath(path));
  }

  rename(from: string, to: string): Promise<void> {
    return withStorageErrors({ name: `rename to ${to} the file`, path: from }, async () => {
      await rename(from, to);
      this.#move(from, to);
    });
  }

  remove(path: string): Promise<void> {
    return withStorageErrors({ name: 'remove file', path }, () => removeIfThere(path));
  }

  async makeDirectory(path: string, { permissions }: StorageCreation = {}): Promise<void> {
    await withStorageErrors({ name: 'make directory', path }, async () => {
      await makeDirectories(path, permissions);
    });
  }

  syncDirectory(directory: string): Promise<void> {
    return withStorageErrors({ name: 'sync directory', path: directory }, async () => {
      // Windows has no directory sync: its file system preserves the order of such changes by itself.
      if (process.platform === 'win32') return;
      const handle = await openDirectory(directory);
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
    });
  }

  freeBytes(directory: string): Promise<number> {
    return withStorageErrors({ name: 'look at the disk of', path: directory }, async () => {
      const { bavail, bsize } = await statfs(directory);
      return bavail * bsize;
    });
  }

  /** Takes a lock by a lock file at this path; see `FileLock`. */
  async lock(path: string): Promise<() => Promise<void>> {
    const lock = await FileLock.take(path);
    return () => lock.release();
  }

  #note(file: NodeStorageFile): void {
    const name = resolve(file.path);
    const files = this.#written.get(name) ?? new Set();
    this.#written.set(name, files.add(file));
  }

  #forget(file: NodeStorageFile): void {
    const name = resolve(file.path);
    const files = this.#written.get(name);
    if (files?.delete(file) === true && files.size === 0) this.#written.delete(name);
  }

  /** An open file follows a rename by this storage; a replaced file has lost its name. */
  #move(from: string, to: string): void {
    for (const file of this.#written.get(resolve(from)) ?? []) {
      this.#forget(file);
      file.path = to;
      this.#note(file);
    }
  }
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
}

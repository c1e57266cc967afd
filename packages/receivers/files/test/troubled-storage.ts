// A disk in memory with failures on command: files that cannot be opened or read, directories that cannot be listed,
// and other programs that write during a read.
import type { StorageEntry, StorageFile, StorageOpenMode } from '@millrace/core';
import { coreError } from '@millrace/core';
import { MemoryStorage } from '@millrace/testing';

/** A `MemoryStorage` with failures on command. */
export class TroubledStorage extends MemoryStorage {
  /** Paths that cannot be opened. */
  readonly forbidden = new Set<string>();
  /** The failure of listing, if any. */
  listFailure: 'MR_STORAGE_DENIED' | 'MR_STORAGE_FAILED' | undefined;
  /** Called before each read; an error of the call becomes the error of the read. */
  beforeRead: (path: string, offset: number) => void = () => undefined;
  /** The number of open files. */
  openFiles = 0;
  /** The largest read so far, in bytes. */
  largestReadBytes = 0;

  override async list(directory: string): Promise<readonly StorageEntry[]> {
    if (this.listFailure !== undefined) throw coreError(this.listFailure, `could not list ${directory}`);
    return await super.list(directory);
  }

  override async open(path: string, mode: StorageOpenMode): Promise<StorageFile> {
    if (this.forbidden.has(path)) throw coreError('MR_STORAGE_DENIED', `could not open ${path}`);
    const file = await super.open(path, mode);
    this.openFiles += 1;
    return {
      size: () => file.size(),
      append: (buffers) => file.append(buffers),
      sync: () => file.sync(),
      truncate: (size) => file.truncate(size),
      readAt: async (offset, length) => {
        this.beforeRead(path, offset);
        this.largestReadBytes = Math.max(this.largestReadBytes, length);
        return await file.readAt(offset, length);
      },
      close: async () => {
        this.openFiles -= 1;
        await file.close();
      },
    };
  }
}

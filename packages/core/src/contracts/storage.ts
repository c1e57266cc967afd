// Files, limited to the needs of an engine: of a log, a checkpoint and a watched directory. The port is narrow on
// purpose. The contract states every effect that a file system may have on unsynced data, because the faulty disk of
// the harness produces all these effects.
import { portToken } from './port-token.ts';

/** One entry of a directory. */
export interface StorageEntry {
  /** The name inside the directory, without a path. */
  readonly name: string;
  /** The kind of the entry after following links; `other`: neither a file nor a directory. */
  readonly kind: 'file' | 'directory' | 'other';
  /** Size in bytes; 0 for anything but a file. */
  readonly sizeBytes: number;
  /**
   * The time of the last change of the content, in wall milliseconds since the epoch, with the fraction that the disk
   * stores.
   */
  readonly modifiedMs: number;
  /**
   * The reason why the entry cannot be inspected, for messages: the system's name of an error, for instance `ELOOP`, or
   * `EILSEQ` for a name that is not UTF-8. The kind is then `other`, and size and time are 0.
   */
  readonly problem?: string;
  /**
   * Distinguishes a file from every other file that has had the same name, as long as one of these files is open.
   * Answered by `stat`, not by `list`; absent for a storage without such ids.
   */
  readonly fileId?: string;
  /** Permissions as mode bits, for instance `0o644`. Answered by `stat` on systems with mode bits. */
  readonly permissions?: number;
}

/** The selection of directory entries to inspect. */
export interface StorageListOptions {
  /**
   * Called once for every name in the directory. An entry with a rejected name is neither inspected nor returned. A
   * storage may ignore this option, so callers test names again. Default: every name is accepted.
   */
  readonly accept?: (name: string) => boolean;
}

/** Options for new files and directories. A storage without users ignores the options. */
export interface StorageCreation {
  /** Permissions as the system's mode bits, for instance `0o600`. Default: the process's default. */
  readonly permissions?: number;
}

/** An open file. A file has one owner; calls are made one after the other, never at once, except `readAt`. */
export interface StorageFile {
  /** The current size in bytes. */
  size(): Promise<number>;

  /**
   * The entry of the open file, independent of the file's present name. Absent for a storage without this ability;
   * callers then use the name.
   */
  stat?(): Promise<StorageEntry>;

  /**
   * Writes the buffers at the end, in order, as one gathered write; in a file opened with `overwrite`, over the content
   * behind the last append. Resolves when the operating system has all bytes, not when the bytes are durable. After an
   * error the file may hold any prefix of the bytes: the caller truncates or abandons the file.
   */
  append(buffers: readonly Uint8Array[]): Promise<void>;

  /**
   * Makes all appended data survive the loss of power. After an error the surviving part is unknown, and a second call
   * proves nothing: the file must not be appended to again (WAL-3).
   *
   * @throws `MR_STORAGE_NOT_FOUND` when the file is no longer under its name: another process or person has removed,
   *   renamed or replaced the file or its directory (STORAGE-31).
   */
  sync(): Promise<void>;

  /**
   * Appends like `append` and makes all appended data durable like `sync`, in one step of the system, which costs less than
   * two. After an error the surviving part is unknown, as after a failed `sync`: the file must not be appended to again
   * (WAL-3). Absent for a storage without such a step; callers then append and sync.
   */
  appendDurably?(buffers: readonly Uint8Array[]): Promise<void>;

  /** Reads up to `length` bytes from `offset`; fewer only at the end of the file. The caller owns the result. */
  readAt(offset: number, length: number): Promise<Uint8Array>;

  /** Cuts the file to `size` bytes. In a file opened with `overwrite`, no append continues behind the new end. */
  truncate(size: number): Promise<void>;

  /** Releases the file. May be repeated; every other call fails afterwards. */
  close(): Promise<void>;
}

/**
 * The mode for opening a file. `create` makes a new file and fails when the name exists; `append` makes the file when
 * absent.
 *
 * `overwrite` opens an existing file for reuse: appends replace the content, the first append at the beginning and each
 * further append behind the previous one, and the file grows behind its old end. The size stays that of the whole file,
 * and the content behind the last append stays until it is truncated. After a loss of power each overwritten page
 * without a sync may be old, new or torn. A storage that was written before this mode existed refuses the mode, so
 * every caller needs a way without `overwrite`.
 */
export type StorageOpenMode = 'read' | 'append' | 'create' | 'overwrite';

/**
 * Files and directories.
 *
 * Paths are paths of the host. Failures are `MillraceError`s with `MR_STORAGE_NOT_FOUND`, `MR_STORAGE_EXISTS`,
 * `MR_STORAGE_FULL`, `MR_STORAGE_DENIED` or `MR_STORAGE_FAILED`, with the path in `details` and the original error as
 * the cause.
 */
export interface Storage {
  /** Opens a regular file. Any other kind of file is refused without waiting (STORAGE-30). */
  open(path: string, mode: StorageOpenMode, creation?: StorageCreation): Promise<StorageFile>;

  /**
   * The entries of a directory, in no particular order. An entry that vanishes while listing is left out; an entry that
   * cannot be inspected is returned with its `problem` (STORAGE-29).
   */
  list(directory: string, options?: StorageListOptions): Promise<readonly StorageEntry[]>;

  /** One entry, or undefined when the entry does not exist. */
  stat(path: string): Promise<StorageEntry | undefined>;

  /** Moves a file over another name in one step and replaces an existing file. Durable after `syncDirectory`. */
  rename(from: string, to: string): Promise<void>;

  /** Removes a file. A missing file is not an error. */
  remove(path: string): Promise<void>;

  /**
   * Makes a directory and its missing parents. An existing directory is not an error. `creation` applies to this
   * directory alone.
   */
  makeDirectory(path: string, creation?: StorageCreation): Promise<void>;

  /** Makes creations, renames and removals in this directory survive the loss of power. */
  syncDirectory(directory: string): Promise<void>;

  /**
   * The bytes that this process can still write to the disk of a directory, for observers. Absent for a storage that
   * does not know; a caller needs no answer. Infinite: without a bound.
   */
  freeBytes?(directory: string): Promise<number>;

  /**
   * Takes a lock that excludes every second holder while this process lives, in this and in any other process. A lock
   * left by a dead process is taken over.
   *
   * @returns a function that releases the lock.
   * @throws `MR_STORAGE_LOCKED`, naming the holder where known.
   */
  lock(path: string): Promise<() => Promise<void>>;
}

/** The token of the storage. Shipped: `NodeStorage` (default). */
export const Storage = portToken<Storage>('Storage');

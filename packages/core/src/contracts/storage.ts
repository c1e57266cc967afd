// Files, as far as an engine needs them: what a log, a checkpoint and a watched directory ask of a disk. The port
// is narrow on purpose. What a file system may do to unsynced data is stated here, because the faulty disk of the
// harness does all of it.
import { portToken } from './port-token.ts';

/** One entry of a directory. */
export interface StorageEntry {
  /** The name inside its directory, without a path. */
  readonly name: string;
  /** What it is; links are followed, what is neither counts as `other`. */
  readonly kind: 'file' | 'directory' | 'other';
  /** Size in bytes; 0 for anything but a file. */
  readonly sizeBytes: number;
  /** When its content last changed, wall milliseconds since the epoch, with the fraction the disk keeps. */
  readonly modifiedMs: number;
  /**
   * Why the entry cannot be looked at, for messages: the system's name of an error, for instance `ELOOP`, or `EILSEQ` for
   * a name that is not UTF-8. The kind is `other` then, and size and time are 0.
   */
  readonly problem?: string;
  /**
   * Tells a file from any other that has had its name, as long as one of them is open. Answered by `stat`, not by
   * `list`; absent where a storage cannot tell.
   */
  readonly fileId?: string;
  /** Who may read and write, as mode bits, for instance `0o644`. Answered by `stat` where the system has such. */
  readonly permissions?: number;
}

/** Which entries of a directory to look at. */
export interface StorageListOptions {
  /**
   * Called once for every name of the directory. An entry whose name is not accepted is neither looked at nor
   * answered. A storage may ignore this option, so callers test names again. Default: every name is accepted.
   */
  readonly accept?: (name: string) => boolean;
}

/** For files and directories that are made. A storage without users ignores it. */
export interface StorageCreation {
  /** Who may read and write, as the system's mode bits, for instance `0o600`. Default: what the process gives to all. */
  readonly permissions?: number;
}

/** An open file. One owner; calls are made one after the other, never at once, except `readAt`. */
export interface StorageFile {
  /** Current size in bytes. */
  size(): Promise<number>;

  /** What the open file is, whatever its name leads to now. Absent where a storage cannot tell; callers look by name then. */
  stat?(): Promise<StorageEntry>;

  /**
   * Writes the buffers at the end, in order, as one gathered write; in a file opened with `overwrite`, over what
   * stands behind the last append. Resolves when all bytes are with the operating system, not when they are durable.
   * After an error the file may hold any prefix of them: the caller truncates or abandons the file.
   */
  append(buffers: readonly Uint8Array[]): Promise<void>;

  /**
   * Makes everything appended so far survive the loss of power. After an error nothing is known about what
   * survived, and a second call proves nothing: the file must not be appended to again (WAL-3).
   *
   * @throws `MR_STORAGE_NOT_FOUND` when the file is not under its name any more: somebody else has removed, renamed or
   *   replaced it or its directory (STORAGE-31).
   */
  sync(): Promise<void>;

  /** Reads up to `length` bytes from `offset`; fewer only at the end of the file. The result is the caller's. */
  readAt(offset: number, length: number): Promise<Uint8Array>;

  /** Cuts the file to `size` bytes. In a file opened with `overwrite`, no append goes on behind the new end. */
  truncate(size: number): Promise<void>;

  /** Gives the file back. May be repeated; everything else fails afterwards. */
  close(): Promise<void>;
}

/**
 * How to open a file. `create` makes a new one and fails when the name is taken; `append` makes it when absent.
 *
 * `overwrite` opens one that is there, to be used again: appends go over its content, the first at its beginning and
 * each where the one before it ended, and the file grows behind its old end. Its size stays that of the whole file,
 * and what stands behind the last append stays until it is truncated. After a loss of power each page that was
 * written over and not synced may be old, new or torn. A storage that was written before there was this mode refuses
 * it, so whoever uses it can also do without.
 */
export type StorageOpenMode = 'read' | 'append' | 'create' | 'overwrite';

/**
 * Files and directories.
 *
 * Paths are those of the host. Failures are `MillraceError`s with `MR_STORAGE_NOT_FOUND`, `MR_STORAGE_EXISTS`,
 * `MR_STORAGE_FULL`, `MR_STORAGE_DENIED` or `MR_STORAGE_FAILED`, with the path in `details` and the cause kept.
 */
export interface Storage {
  /** Opens a regular file. What is none is refused without waiting (STORAGE-30). */
  open(path: string, mode: StorageOpenMode, creation?: StorageCreation): Promise<StorageFile>;

  /**
   * The entries of a directory, in no particular order. An entry that vanishes while listing is left out; one that
   * cannot be looked at is answered with its `problem` (STORAGE-29).
   */
  list(directory: string, options?: StorageListOptions): Promise<readonly StorageEntry[]>;

  /** One entry, or undefined when there is none. */
  stat(path: string): Promise<StorageEntry | undefined>;

  /** Moves a file over another name in one step, replacing what was there. Durable after `syncDirectory`. */
  rename(from: string, to: string): Promise<void>;

  /** Removes a file. A file that is not there is no error. */
  remove(path: string): Promise<void>;

  /** Makes a directory and those above it. One that is there is no error. `creation` is for this directory alone. */
  makeDirectory(path: string, creation?: StorageCreation): Promise<void>;

  /** Makes creations, renames and removals in this directory survive the loss of power. */
  syncDirectory(directory: string): Promise<void>;

  /**
   * Takes a lock that no second holder gets while this process lives, also not from another process. A lock left
   * by a dead process is taken over.
   *
   * @returns a function that gives the lock back.
   * @throws `MR_STORAGE_LOCKED`, naming the holder where known.
   */
  lock(path: string): Promise<() => Promise<void>>;
}

/** The token of the storage. Shipped: `NodeStorage` (default). */
export const Storage = portToken<Storage>('Storage');

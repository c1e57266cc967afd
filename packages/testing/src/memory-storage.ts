// A disk in memory: the complete Storage port without randomness. Entries have times from a clock or from the test,
// operations succeed at once and in order, and data is as durable as this object. Suitable for tests about files rather
// than about the file system.
import { posix } from 'node:path';
import type { Clock, Storage, StorageEntry, StorageFile, StorageOpenMode } from '@millrace/core';
import { MemoryFile, type MemoryFileContent } from './memory-file.ts';
import { fullPath, storageFailure } from './storage-failure.ts';

/** Options of a disk in memory. */
export interface MemoryStorageOptions {
  /** Supplies the times of files; without a clock all times are 0 unless `writeFile` sets one. */
  readonly clock?: Clock;
  /** The number of bytes before writing fails with `MR_STORAGE_FULL`; unbounded by default. */
  readonly maxBytes?: number;
}

/** A complete file system in memory. Relative paths start at `/`, which always exists. */
export class MemoryStorage implements Storage {
  readonly #files = new Map<string, MemoryFileContent>();
  readonly #directories = new Map<string, number>([['/', 0]]);
  readonly #locks = new Set<string>();
  readonly #clock: Clock | undefined;
  /** The number of bytes before writing fails with `MR_STORAGE_FULL`; a test may change the number at any time. */
  maxBytes: number;

  constructor(options: MemoryStorageOptions = {}) {
    this.#clock = options.clock;
    this.maxBytes = options.maxBytes ?? Infinity;
  }

  /** Writes a whole file at once and creates the parent directories, like another process on the same disk. */
  writeFile(
    path: string,
    content: Uint8Array | string,
    options: { readonly modifiedMs?: number } = {},
  ): void {
    const full = fullPath(path);
    this.#addDirectories(posix.dirname(full));
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content.slice();
    this.#files.set(full, {
      bytes,
      sizeBytes: bytes.byteLength,
      modifiedMs: options.modifiedMs ?? this.#now(),
    });
  }

  /** The content of a file as text, for assertions. @throws `MR_STORAGE_NOT_FOUND`. */
  readText(path: string): string {
    const { bytes, sizeBytes } = this.#fileAt(fullPath(path));
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, sizeBytes));
  }

  /** The full paths of all files, in order, for assertions. */
  paths(): readonly string[] {
    return [...this.#files.keys()].toSorted();
  }

  /** Releases every lock, like the death of the lock owners' processes. */
  releaseLocks(): void {
    this.#locks.clear();
  }

  async open(path: string, mode: StorageOpenMode): Promise<StorageFile> {
    const full = fullPath(path);
    if (this.#directories.has(full))
      throw storageFailure('MR_STORAGE_FAILED', full, 'the path is a directory');
    const isThere = mode === 'read' || mode === 'overwrite';
    const content = isThere ? this.#fileAt(full) : this.#fileForWriting(full, mode);
    const disk = { now: () => this.#now(), reserve: (bytes: number) => this.#reserve(full, bytes) };
    return new MemoryFile(full, content, disk, mode);
  }

  /** The entries of a directory, in order of name. */
  async list(directory: string): Promise<readonly StorageEntry[]> {
    const full = fullPath(directory);
    if (!this.#directories.has(full)) throw storageFailure('MR_STORAGE_NOT_FOUND', full, 'it is not there');
    const paths = [...this.#files.keys(), ...this.#directories.keys()].filter((path) =>
      isDirectlyIn(full, path),
    );
    return paths.toSorted().flatMap((path) => this.#entryAt(path) ?? []);
  }

  async stat(path: string): Promise<StorageEntry | undefined> {
    return this.#entryAt(fullPath(path));
  }

  async rename(from: string, to: string): Promise<void> {
    const content = this.#fileAt(fullPath(from));
    const target = fullPath(to);
    this.#assertParent(target);
    if (this.#directories.has(target))
      throw storageFailure('MR_STORAGE_FAILED', target, 'the path is a directory');
    this.#files.delete(fullPath(from));
    this.#files.set(target, content);
  }

  async remove(path: string): Promise<void> {
    const full = fullPath(path);
    if (this.#directories.has(full))
      throw storageFailure('MR_STORAGE_FAILED', full, 'the path is a directory');
    this.#files.delete(full);
  }

  async makeDirectory(path: string): Promise<void> {
    const full = fullPath(path);
    if (this.#files.has(full)) throw storageFailure('MR_STORAGE_EXISTS', full, 'a file has this name');
    this.#addDirectories(full);
  }

  async syncDirectory(directory: string): Promise<void> {
    const full = fullPath(directory);
    if (!this.#directories.has(full)) throw storageFailure('MR_STORAGE_NOT_FOUND', full, 'it is not there');
  }

  async freeBytes(directory: string): Promise<number> {
    const full = fullPath(directory);
    if (!this.#directories.has(full)) throw storageFailure('MR_STORAGE_NOT_FOUND', full, 'it is not there');
    return Math.max(0, this.maxBytes - this.#usedBytes());
  }

  /** Takes a lock among the users of this object. The lock creates no file. */
  async lock(path: string): Promise<() => Promise<void>> {
    const full = fullPath(path);
    this.#assertParent(full);
    if (this.#locks.has(full))
      throw storageFailure('MR_STORAGE_LOCKED', full, 'another owner holds the lock');
    this.#locks.add(full);
    let isHeld = true;
    return async () => {
      if (isHeld) this.#locks.delete(full);
      isHeld = false;
    };
  }

  #now(): number {
    return this.#clock?.now() ?? 0;
  }

  #fileAt(full: string): MemoryFileContent {
    const content = this.#files.get(full);
    if (content === undefined) throw storageFailure('MR_STORAGE_NOT_FOUND', full, 'it is not there');
    return content;
  }

  #fileForWriting(full: string, mode: 'append' | 'create'): MemoryFileContent {
    const existing = this.#files.get(full);
    if (existing !== undefined && mode === 'append') return existing;
    if (existing !== undefined) throw storageFailure('MR_STORAGE_EXISTS', full, 'it is there already');
    this.#assertParent(full);
    const content: MemoryFileContent = { bytes: new Uint8Array(0), sizeBytes: 0, modifiedMs: this.#now() };
    this.#files.set(full, content);
    return content;
  }

  #assertParent(full: string): void {
    const parent = posix.dirname(full);
    if (!this.#directories.has(parent))
      throw storageFailure('MR_STORAGE_NOT_FOUND', full, `${parent} does not exist`);
  }

  #addDirectories(full: string): void {
    for (let path = full; !this.#directories.has(path); path = posix.dirname(path)) {
      if (this.#files.has(path))
        throw storageFailure('MR_STORAGE_NOT_FOUND', full, `${path} is not a directory`);
      this.#directories.set(path, this.#now());
    }
  }

  #entryAt(full: string): StorageEntry | undefined {
    const name = posix.basename(full);
    const file = this.#files.get(full);
    if (file !== undefined)
      return { name, kind: 'file', sizeBytes: file.sizeBytes, modifiedMs: file.modifiedMs };
    const modifiedMs = this.#directories.get(full);
    return modifiedMs === undefined ? undefined : { name, kind: 'directory', sizeBytes: 0, modifiedMs };
  }

  #usedBytes(): number {
    let used = 0;
    for (const { sizeBytes } of this.#files.values()) used += sizeBytes;
    return used;
  }

  #reserve(full: string, bytes: number): void {
    if (this.maxBytes === Infinity) return;
    if (this.#usedBytes() + bytes > this.maxBytes)
      throw storageFailure('MR_STORAGE_FULL', full, 'the disk is full');
  }
}

function isDirectlyIn(directory: string, path: string): boolean {
  return path !== directory && posix.dirname(path) === directory;
}

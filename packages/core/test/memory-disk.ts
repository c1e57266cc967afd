// Files in a map and log lines in a list, for the tests of this package, which depends on no other package. Only the
// operations of a checkpoint store are implemented.
import type { Logger, LogFields } from '../src/contracts/logger.ts';
import type { Storage, StorageFile, StorageOpenMode } from '../src/contracts/storage.ts';
import { coreError } from '../src/errors/core-errors.ts';

/** A flat disk: every path is a file. */
export class MemoryDisk implements Storage {
  readonly files = new Map<string, Uint8Array>();
  /** Entries that are not files, with their kind. */
  readonly others = new Map<string, 'directory' | 'other'>();
  /** Paths that cannot be removed. */
  readonly fixed = new Set<string>();
  readonly #directories = new Set<string>();
  readonly #locks = new Set<string>();

  async open(path: string, mode: StorageOpenMode): Promise<StorageFile> {
    const isThere = this.files.has(path);
    if ((mode === 'read' || mode === 'overwrite') && !isThere)
      throw coreError('MR_STORAGE_NOT_FOUND', `${path} is not there`);
    if (mode === 'create' && isThere) throw coreError('MR_STORAGE_EXISTS', `${path} is there`);
    const content = () => this.files.get(path) ?? new Uint8Array();
    let position = 0;
    if (!isThere) this.files.set(path, content());
    return {
      size: async () => content().byteLength,
      append: async (buffers) => {
        const from = mode === 'overwrite' ? position : content().byteLength;
        const added = Buffer.concat(buffers);
        position = from + added.byteLength;
        this.files.set(path, Buffer.concat([content().slice(0, from), added, content().slice(position)]));
      },
      sync: async () => undefined,
      readAt: async (offset, length) => content().slice(offset, offset + length),
      truncate: async (size) => {
        this.files.set(path, content().slice(0, size));
        position = Math.min(position, size);
      },
      close: async () => undefined,
    };
  }

  async list(directory: string) {
    if (!this.#directories.has(directory))
      throw coreError('MR_STORAGE_NOT_FOUND', `${directory} is not there`);
    const files = [...this.files].map(([path, { byteLength: sizeBytes }]) => ({
      name: path.slice(directory.length + 1),
      kind: 'file' as const,
      sizeBytes,
      modifiedMs: 0,
    }));
    const others = [...this.others].map(([path, kind]) => ({
      name: path.slice(directory.length + 1),
      kind,
      sizeBytes: 0,
      modifiedMs: 0,
    }));
    return [...files, ...others];
  }

  async stat() {
    return undefined;
  }

  async rename(from: string, to: string): Promise<void> {
    const content = this.files.get(from);
    if (content === undefined) throw coreError('MR_STORAGE_NOT_FOUND', `${from} is not there`);
    this.files.delete(from);
    this.files.set(to, content);
  }

  async remove(path: string): Promise<void> {
    if (this.fixed.has(path) || this.others.has(path))
      throw coreError('MR_STORAGE_DENIED', `${path} cannot be removed`);
    this.files.delete(path);
  }

  async makeDirectory(path: string): Promise<void> {
    this.#directories.add(path);
  }

  async syncDirectory(): Promise<void> {}

  async lock(path: string): Promise<() => Promise<void>> {
    if (this.#locks.has(path)) throw coreError('MR_STORAGE_LOCKED', `${path} is locked`);
    this.#locks.add(path);
    return async () => void this.#locks.delete(path);
  }
}

/** One line of a log. */
export interface NotedLine {
  readonly level: string;
  readonly fields: LogFields | undefined;
}

/** A log whose lines a test reads. */
export class NotedLog implements Logger {
  readonly lines: NotedLine[] = [];

  debug(_message: string, fields?: LogFields): void {
    this.lines.push({ level: 'debug', fields });
  }

  info(_message: string, fields?: LogFields): void {
    this.lines.push({ level: 'info', fields });
  }

  warn(_message: string, fields?: LogFields): void {
    this.lines.push({ level: 'warn', fields });
  }

  error(_message: string, fields?: LogFields): void {
    this.lines.push({ level: 'error', fields });
  }

  child(): Logger {
    return this;
  }
}

// A disk in memory under the control of a test: counts the operations on files, fails requested operations, and keeps
// syncs waiting.
import { posix } from 'node:path';
import type { Storage, StorageFile, StorageOpenMode } from '@millrace/core';
import { coreError } from '@millrace/core';
import { MemoryStorage } from '@millrace/testing';

type FailingOperation = 'open' | 'append' | 'sync' | 'truncate' | 'syncDirectory' | 'rename' | 'remove';
type FailureCode = 'MR_STORAGE_FULL' | 'MR_STORAGE_FAILED' | 'MR_STORAGE_DENIED';

/** One observed operation on a file. */
export interface SeenOperation {
  readonly operation: 'append' | 'sync' | 'durable append' | 'truncate';
  readonly path: string;
  readonly buffers: number;
  readonly bytes: number;
}

interface Failure {
  readonly code: FailureCode;
  readonly path: string;
  /** The number of remaining failures. */
  times: number;
}

/** Watches a `MemoryStorage`. */
export class WatchedStorage extends MemoryStorage implements Storage {
  readonly seen: SeenOperation[] = [];
  /** The mode of each file opened for more than reading, with the file's name. */
  readonly opened: string[] = [];
  /** True: files have durable appends. Default false: a log appends and syncs. */
  hasDurableAppends = false;
  /** A mode that the storage refuses. */
  refusedMode: StorageOpenMode | undefined;
  /** The number of files open for reading now. */
  openForReading = 0;
  readonly #failures = new Map<FailingOperation, Failure>();
  #gate: PromiseWithResolvers<void> | undefined;

  /** Fails an operation on paths that contain this text until `heal` is called. */
  fail(operation: FailingOperation, code: FailureCode = 'MR_STORAGE_FAILED', path = ''): void {
    this.#failures.set(operation, { code, path, times: Number.POSITIVE_INFINITY });
  }

  /** Fails an operation once. */
  failOnce(operation: FailingOperation): void {
    this.#failures.set(operation, { code: 'MR_STORAGE_FAILED', path: '', times: 1 });
  }

  /** Ends all failures. */
  heal(): void {
    this.#failures.clear();
  }

  /** Keeps every sync waiting until the returned function is called. */
  holdSyncs(): () => void {
    const gate = Promise.withResolvers<void>();
    this.#gate = gate;
    return () => {
      this.#gate = undefined;
      gate.resolve();
    };
  }

  /** The number of operations on a segment. */
  count(operation: SeenOperation['operation'], path = ''): number {
    return this.seen.filter((seen) => seen.operation === operation && seen.path.includes(path)).length;
  }

  override async open(path: string, mode: StorageOpenMode): Promise<StorageFile> {
    if (mode !== 'read') this.#failIfTold('open', path);
    if (mode === this.refusedMode) throw new TypeError(`there is no mode ${mode}`);
    const file = await super.open(path, mode);
    if (mode === 'read') this.openForReading += 1;
    else this.opened.push(`${mode} ${posix.basename(path)}`);
    return {
      size: () => file.size(),
      readAt: (offset, length) => file.readAt(offset, length),
      close: async () => {
        if (mode === 'read') this.openForReading -= 1;
        await file.close();
      },
      append: async (buffers) => {
        const bytes = buffers.reduce((sum, { byteLength }) => sum + byteLength, 0);
        this.seen.push({ operation: 'append', path, buffers: buffers.length, bytes });
        // A failed append leaves some of the bytes behind.
        if (this.#failureOf('append', path) !== undefined) await file.append(buffers.slice(0, -1));
        this.#failIfTold('append', path);
        await file.append(buffers);
      },
      sync: async () => {
        this.seen.push({ operation: 'sync', path, buffers: 0, bytes: 0 });
        await this.#gate?.promise;
        this.#failIfTold('sync', path);
      },
      ...(this.hasDurableAppends && {
        appendDurably: async (buffers: readonly Uint8Array[]) => {
          this.seen.push({ operation: 'durable append', path, buffers: buffers.length, bytes: 0 });
          this.#failIfTold('append', path);
          await file.append(buffers);
        },
      }),
      truncate: async (size) => {
        this.seen.push({ operation: 'truncate', path, buffers: 0, bytes: size });
        this.#failIfTold('truncate', path);
        await file.truncate(size);
      },
    };
  }

  override async syncDirectory(path: string): Promise<void> {
    this.#failIfTold('syncDirectory', path);
    await super.syncDirectory(path);
  }

  override async rename(from: string, to: string): Promise<void> {
    this.#failIfTold('rename', from);
    await super.rename(from, to);
  }

  override async remove(path: string): Promise<void> {
    this.#failIfTold('remove', path);
    await super.remove(path);
  }

  #failureOf(operation: FailingOperation, path: string): Failure | undefined {
    const failure = this.#failures.get(operation);
    const isMeant = failure !== undefined && failure.times > 0 && path.includes(failure.path);
    return isMeant ? failure : undefined;
  }

  #failIfTold(operation: FailingOperation, path: string): void {
    const failure = this.#failureOf(operation, path);
    if (failure === undefined) return;
    failure.times -= 1;
    throw coreError(failure.code, `could not ${operation} ${path}`, { details: { path } });
  }
}

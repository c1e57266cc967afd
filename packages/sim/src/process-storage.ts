// The disk from the view of one process: every operation is a step of the process and may be slow, and the files and
// locks of the process are released at its end. The underlying disk produces the faults.
import type { RandomSource, Storage, StorageEntry, StorageFile, StorageOpenMode } from '@millrace/core';
import { coreError } from '@millrace/core';
import type { FailingOperation } from './plan.ts';
import type { SimProcess } from './sim-process.ts';

/** Dependencies of a process's view of the disk. */
export interface ProcessStorageSetup {
  readonly process: SimProcess;
  readonly disk: Storage;
  /** The owner of each lock, over all processes of the machine. */
  readonly locks: Map<string, SimProcess>;
  readonly random: RandomSource;
  /** The current maximum duration of an operation, in ms; 0: no delay. */
  readonly slowMs: () => number;
  /** Called before every operation: whether the operation fails once. */
  readonly fails: (operation: FailingOperation['operation'], path: string) => boolean;
  /** Called with each path that the process removes, before the removal. */
  readonly onRemove: (path: string) => void;
  /** Called when a file of the process has another name; the process may die before it learns so. */
  readonly onRenamed: (to: string) => void;
  /** Called before every operation: whether the operation is refused permanently. */
  readonly refuses: (operation: FailingOperation['operation'], path: string) => boolean;
}

/** See the header of this file. */
export class ProcessStorage implements Storage {
  readonly #setup: ProcessStorageSetup;

  constructor(setup: ProcessStorageSetup) {
    this.#setup = setup;
  }

  async open(path: string, mode: StorageOpenMode): Promise<StorageFile> {
    const file = await this.#call(() => this.#setup.disk.open(path, mode), 'open', path);
    const { openFiles } = this.#setup.process;
    openFiles.push(path);
    return {
      size: () => file.size(),
      append: (buffers) => this.#call(() => file.append(buffers), 'append', path),
      sync: () => this.#call(() => file.sync(), 'sync', path),
      ...(file.appendDurably && {
        appendDurably: (buffers: readonly Uint8Array[]) => this.#appendDurably(file, buffers, path),
      }),
      readAt: (offset, length) => this.#call(() => file.readAt(offset, length), 'read', path),
      truncate: (size) => this.#call(() => file.truncate(size)),
      close: () => {
        const index = openFiles.indexOf(path);
        if (index >= 0) openFiles.splice(index, 1);
        return file.close();
      },
    };
  }

  list(directory: string): Promise<readonly StorageEntry[]> {
    return this.#call(() => this.#setup.disk.list(directory), 'list', directory);
  }

  stat(path: string): Promise<StorageEntry | undefined> {
    return this.#call(() => this.#setup.disk.stat(path));
  }

  async rename(from: string, to: string): Promise<void> {
    const rename = async () => {
      await this.#setup.disk.rename(from, to);
      this.#setup.onRenamed(to);
    };
    await this.#call(rename, 'rename', from);
    if (/\/checkpoint-\d+$/.test(to)) this.#setup.process.checkpointsWritten += 1;
  }

  remove(path: string): Promise<void> {
    const remove = () => {
      this.#setup.onRemove(path);
      return this.#setup.disk.remove(path);
    };
    return this.#call(remove, 'remove', path);
  }

  makeDirectory(path: string): Promise<void> {
    return this.#call(() => this.#setup.disk.makeDirectory(path));
  }

  syncDirectory(directory: string): Promise<void> {
    return this.#call(() => this.#setup.disk.syncDirectory(directory), 'syncDirectory', directory);
  }

  lock(path: string): Promise<() => Promise<void>> {
    return this.#call(async () => {
      const { locks, process } = this.#setup;
      if (locks.get(path)?.isAlive === true) {
        throw coreError('MR_STORAGE_LOCKED', `another process holds the lock ${path}`, { details: { path } });
      }
      locks.set(path, process);
      return async () => {
        if (process.isAlive && locks.get(path) === process) locks.delete(path);
      };
    });
  }

  /** Fails like an append or like a sync. */
  #appendDurably(file: StorageFile, buffers: readonly Uint8Array[], path: string): Promise<void> {
    const append = async (): Promise<void> => file.appendDurably?.(buffers);
    return this.#call(() => this.#call(append, 'sync', path), 'append', path);
  }

  #call<T>(effect: () => Promise<T>, operation?: FailingOperation['operation'], path = ''): Promise<T> {
    const { process, random, slowMs, fails, refuses } = this.#setup;
    return process.call(async () => {
      if (operation !== undefined && fails(operation, path)) {
        throw coreError('MR_STORAGE_FAILED', `could not ${operation} ${path}: a planned failure`, {
          details: { path, operation },
        });
      }
      if (operation !== undefined && refuses(operation, path)) {
        throw coreError('MR_STORAGE_DENIED', `could not ${operation} ${path}: a planned permanent refusal`, {
          details: { path, operation },
        });
      }
      const longestMs = slowMs();
      if (longestMs > 0 && random.next() < 0.2) {
        await process.clock.sleepFor(1 + random.integer(longestMs));
      }
      return effect();
    });
  }
}

// Checkpoints as files of one directory: `checkpoint-<batch time>`, and parts of them: `part-<number>`. A checkpoint is
// written beside its name, synced, and moved to its name in one step; so under a name there is all of it or none of it,
// whenever the process or the machine dies. A checkpoint that cannot be read all the same is passed over for the one before
// it. Only files count: a directory or anything else under such a name is no checkpoint and in nobody's way.
import { join } from 'node:path';
import type { CheckpointStore, StoredCheckpoint } from '../contracts/checkpoint-store.ts';
import type { BatchTime } from '../contracts/identifiers.ts';
import type { ManagedResource } from '../contracts/lifecycle.ts';
import type { Logger } from '../contracts/logger.ts';
import type { Storage, StorageFile } from '../contracts/storage.ts';
import { coreError } from '../errors/core-errors.ts';
import { isMillraceError } from '../errors/millrace-error.ts';
import { makePrivateDirectory, PRIVATE_FILE } from '../files/private-directory.ts';
import { CHECKPOINT_HEAD_BYTES, checkpointHead, problemOfContent, problemOfHead } from './checkpoint-file.ts';
import { readPieces } from './read-pieces.ts';
import { checkpointError, notRemoved, partError, tooLarge } from './unreadable-checkpoints.ts';
import { messageOf } from '../errors/thrown-value.ts';

const NAME = /^checkpoint-(0|[1-9]\d{0,15})$/;
const PART_NAME = /^part-(0|[1-9]\d{0,15})$/;
const TEMPORARY_NAME = /^(?:checkpoint|part)-\d+\.tmp$/;

/** What a file checkpoint store is made of. */
export interface FileCheckpointStoreOptions {
  /** Made when it is absent, for its owner alone. It belongs to one application. */
  readonly directory: string;
  readonly storage: Storage;
  readonly log: Logger;
  /**
   * How large a checkpoint or a part may be, in bytes. A larger one is not written, and one that is found is passed over
   * before any of it is read. Default 1 GiB.
   */
  readonly maxBytes?: number;
}

const MAX_BYTES_DEFAULT = 2 ** 30;

/** Keeps checkpoints in a directory. */
export class FileCheckpointStore implements CheckpointStore, ManagedResource {
  readonly #directory: string;
  readonly #storage: Storage;
  readonly #log: Logger;
  readonly #maxBytes: number;
  #unlock: (() => Promise<void>) | undefined;
  /** What tells the lock file from another one of its name; undefined where the storage cannot tell. */
  #lockId: string | undefined;

  constructor(options: FileCheckpointStoreOptions) {
    this.#directory = options.directory;
    this.#storage = options.storage;
    this.#log = options.log;
    this.#maxBytes = options.maxBytes ?? MAX_BYTES_DEFAULT;
  }

  /**
   * Makes the directory and takes it for this process: two drivers must not write checkpoints over each other's.
   *
   * @throws `MR_STORAGE_LOCKED` and other storage errors.
   */
  async open(): Promise<void> {
    await makePrivateDirectory(this.#storage, this.#directory, this.#log);
    if (this.#unlock !== undefined) return;
    this.#unlock = await this.#storage.lock(this.#lockPath);
    this.#lockId = (await this.#storage.stat(this.#lockPath))?.fileId;
  }

  async close(): Promise<void> {
    const unlock = this.#unlock;
    this.#unlock = undefined;
    this.#lockId = undefined;
    await unlock?.();
  }

  /**
   * Writes a checkpoint; one of the same time is replaced. Rejected: the earlier ones are as they were.
   *
   * @throws `MR_STORAGE_NOT_FOUND` when the directory was removed, renamed or replaced since `open`: the parts of a
   *   checkpoint would not be beside it. `MR_CHECKPOINT_TOO_LARGE` above `maxBytes`.
   */
  async write(batchTime: BatchTime, bytes: Uint8Array): Promise<void> {
    await this.#writeWhole(`checkpoint-${batchTime}`, batchTime, bytes);
  }

  async newest(
    accept?: (checkpoint: StoredCheckpoint) => boolean | Promise<boolean>,
  ): Promise<StoredCheckpoint | undefined> {
    const times = (await this.list()).toReversed();
    for (const batchTime of times) {
      const read = await this.#read(`checkpoint-${batchTime}`, batchTime);
      const checkpoint = 'bytes' in read ? { batchTime, bytes: read.bytes } : undefined;
      if (checkpoint !== undefined && (accept === undefined || (await accept(checkpoint)))) return checkpoint;
      const reason = 'problem' in read ? read.problem : 'it was not accepted';
      this.#log.warn('a checkpoint was passed over', { directory: this.#directory, batchTime, reason });
    }
    if (times.length > 0) throw checkpointError(this.#directory, times.length);
    return undefined;
  }

  async list(): Promise<readonly BatchTime[]> {
    return this.#numbers(NAME);
  }

  /**
   * Removes what writing left behind, too. A file that cannot be removed does not keep the others.
   *
   * @throws `MR_CHECKPOINT_NOT_REMOVED` after all others were removed; TypeError unless `keep` is a whole number from 1 up.
   */
  async prune(keep: number): Promise<void> {
    if (!Number.isSafeInteger(keep) || keep < 1) throw new TypeError(`keep must be at least 1, got ${keep}`);
    const old = (await this.list()).slice(0, -keep).map((batchTime) => `checkpoint-${batchTime}`);
    const left = (await this.#names()).filter((name) => TEMPORARY_NAME.test(name));
    const failed: { readonly name: string; readonly error: unknown }[] = [];
    for (const name of [...old, ...left]) {
      try {
        await this.#storage.remove(join(this.#directory, name));
      } catch (error) {
        failed.push({ name, error });
      }
    }
    if (failed.length > 0) throw notRemoved(this.#directory, failed);
  }

  // Parts

  async writePart(part: number, bytes: Uint8Array): Promise<void> {
    await this.#writeWhole(`part-${part}`, part, bytes);
  }

  async readPart(part: number): Promise<Uint8Array> {
    const read = await this.#read(`part-${part}`, part);
    if ('bytes' in read) return read.bytes;
    throw partError(this.#directory, part, read.problem);
  }

  async listParts(): Promise<readonly number[]> {
    return this.#numbers(PART_NAME);
  }

  async removePart(part: number): Promise<void> {
    const name = `part-${part}`;
    try {
      await this.#storage.remove(join(this.#directory, name));
    } catch (error) {
      // What is no file is no part, and not this store's to remove.
      if ((await this.#names()).includes(name)) throw notRemoved(this.#directory, [{ name, error }]);
    }
  }

  // Files

  async #numbers(pattern: RegExp): Promise<number[]> {
    const texts = (await this.#names()).flatMap((name) => pattern.exec(name)?.[1] ?? []);
    return texts
      .map(Number)
      .filter((number) => Number.isSafeInteger(number))
      .toSorted((a, b) => a - b);
  }

  /** Writes a file beside its name and moves it there in one step. */
  async #writeWhole(name: string, number: number, bytes: Uint8Array): Promise<void> {
    const path = join(this.#directory, name);
    const temporary = `${path}.tmp`;
    if (bytes.byteLength > this.#maxBytes) throw tooLarge(path, bytes.byteLength, this.#maxBytes);
    await this.#assertInPlace();
    // Left by a process that died while it wrote.
    await this.#storage.remove(temporary);
    try {
      await this.#writeFile(temporary, [checkpointHead(number, bytes), bytes]);
      await this.#storage.rename(temporary, path);
    } catch (error) {
      await this.#removeQuietly(temporary);
      throw error;
    }
    await this.#storage.syncDirectory(this.#directory);
    await this.#assertInPlace();
  }

  get #lockPath(): string {
    return join(this.#directory, 'lock');
  }

  /** The lock goes with the directory in which it was taken. */
  async #assertInPlace(): Promise<void> {
    if (this.#lockId === undefined) return;
    if ((await this.#storage.stat(this.#lockPath))?.fileId === this.#lockId) return;
    const message = `expected the directory of checkpoints ${this.#directory} to stay in its place, it was removed, renamed or replaced; put it back, or stop the application`;
    throw coreError('MR_STORAGE_NOT_FOUND', message, { details: { path: this.#directory } });
  }

  /** The names of files; nothing else is a checkpoint, whatever its name. */
  async #names(): Promise<readonly string[]> {
    try {
      const entries = await this.#storage.list(this.#directory);
      return entries.filter(({ kind }) => kind === 'file').map(({ name }) => name);
    } catch (error) {
      if (isMillraceError(error, 'MR_STORAGE_NOT_FOUND')) return [];
      throw error;
    }
  }

  async #writeFile(path: string, buffers: readonly Uint8Array[]): Promise<void> {
    await this.#withFile(await this.#storage.open(path, 'create', PRIVATE_FILE), async (file) => {
      await file.append(buffers);
      await file.sync();
    });
  }

  /** A disk that cannot be read is one more reason to pass a checkpoint over. */
  async #read(
    name: string,
    number: number,
  ): Promise<{ readonly bytes: Uint8Array } | { readonly problem: string }> {
    try {
      const opened = await this.#storage.open(join(this.#directory, name), 'read');
      return await this.#withFile(opened, async (file) => {
        const sizeBytes = await file.size();
        const head = await file.readAt(0, CHECKPOINT_HEAD_BYTES);
        const problem = problemOfHead(number, head, sizeBytes) ?? this.#problemOfSize(sizeBytes);
        if (problem !== undefined) return { problem };
        const bytes = await readPieces(file, CHECKPOINT_HEAD_BYTES, sizeBytes);
        const damage = problemOfContent(head, bytes);
        return damage === undefined ? { bytes } : { problem: damage };
      });
    } catch (error) {
      return { problem: `it could not be read: ${messageOf(error)}` };
    }
  }

  #problemOfSize(sizeBytes: number): string | undefined {
    const contentBytes = sizeBytes - CHECKPOINT_HEAD_BYTES;
    if (contentBytes <= this.#maxBytes) return undefined;
    return `it has ${contentBytes} bytes, more than the ${this.#maxBytes} that are read`;
  }

  async #withFile<T>(file: StorageFile, use: (file: StorageFile) => Promise<T>): Promise<T> {
    try {
      return await use(file);
    } finally {
      await file.close();
    }
  }

  async #removeQuietly(path: string): Promise<void> {
    try {
      await this.#storage.remove(path);
    } catch (error) {
      // It is in nobody's way: the next write of this time and every `prune` try again.
      this.#log.warn('a file of a failed checkpoint could not be removed', { path, error });
    }
  }
}

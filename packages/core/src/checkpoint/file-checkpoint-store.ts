// Checkpoints as files of one directory: `checkpoint-<batch time>`, and parts of checkpoints: `part-<number>`. A
// checkpoint is written beside its name, synced, and renamed in one step; so a named file is complete or absent, even
// if the process or the machine dies at any time. An unreadable checkpoint is skipped for the one before. A
// directory under such a name is not a checkpoint and is ignored. A link that leads nowhere is an unreadable checkpoint.
import { join } from 'node:path';
import type { CheckpointStore, StoredCheckpoint } from '../contracts/checkpoint-store.ts';
import type { BatchTime } from '../contracts/identifiers.ts';
import type { ManagedResource } from '../contracts/managed-resource.ts';
import type { Logger } from '../contracts/logger.ts';
import type { Reach } from '../contracts/reach.ts';
import type { Storage, StorageEntry, StorageFile } from '../contracts/storage.ts';
import { coreError } from '../errors/core-errors.ts';
import { isMillraceError } from '../errors/millrace-error.ts';
import { makePrivateDirectory, PRIVATE_FILE } from '../files/private-directory.ts';
import { CHECKPOINT_HEAD_BYTES, checkpointHead, problemOfContent, problemOfHead } from './checkpoint-file.ts';
import { readPieces } from './read-pieces.ts';
import { checkpointError, notRemoved, partError, tooLarge } from './unreadable-checkpoints.ts';
import { messageOf } from '../errors/thrown-value.ts';

const NAME = /^checkpoint-(0|[1-9]\d{0,15})$/;
const PART_NAME = /^part-(0|[1-9]\d{0,15})$/;
const NO_FILE = 'a device, or a link that leads nowhere, has its name';
const TEMPORARY_NAME = /^(?:checkpoint|part)-\d+\.tmp$/;

/** Options of a file checkpoint store. */
export interface FileCheckpointStoreOptions {
  /** Created when absent, for its owner alone. The directory belongs to one application. */
  readonly directory: string;
  readonly storage: Storage;
  readonly log: Logger;
  /**
   * The largest size of a checkpoint or a part, in bytes. A larger one is not written, and a larger existing file is
   * skipped before any byte is read. Default 1 GiB.
   */
  readonly maxBytes?: number;
  /** True when every host of the engine mounts the directory at this path. Default false. */
  readonly shared?: boolean;
}

const MAX_BYTES_DEFAULT = 2 ** 30;

/** Stores checkpoints in a directory. */
export class FileCheckpointStore implements CheckpointStore, ManagedResource {
  readonly reach: Reach;
  readonly #directory: string;
  readonly #storage: Storage;
  readonly #log: Logger;
  readonly #maxBytes: number;
  #unlock: (() => Promise<void>) | undefined;
  /**
   * The identity of the lock file, distinct from any other file of its name; undefined for a storage without file ids.
   */
  #lockId: string | undefined;

  constructor(options: FileCheckpointStoreOptions) {
    this.reach = options.shared === true ? 'everywhere' : 'host';
    this.#directory = options.directory;
    this.#storage = options.storage;
    this.#log = options.log;
    this.#maxBytes = options.maxBytes ?? MAX_BYTES_DEFAULT;
  }

  /**
   * Creates the directory and locks it for this process: two drivers must not overwrite each other's checkpoints.
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
   * Writes a checkpoint; a checkpoint of the same time is replaced. Rejected: earlier checkpoints are unchanged.
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
    const odd = await this.#oddTimes();
    const times = [...(await this.list()), ...odd].toSorted((a, b) => b - a);
    for (const batchTime of times) {
      const read = odd.has(batchTime)
        ? { problem: NO_FILE }
        : await this.#read(`checkpoint-${batchTime}`, batchTime);
      const checkpoint = 'bytes' in read ? { batchTime, bytes: read.bytes } : undefined;
      if (checkpoint !== undefined && (accept === undefined || (await accept(checkpoint)))) return checkpoint;
      const reason = 'problem' in read ? read.problem : 'it was not accepted';
      this.#log.warn('a checkpoint was skipped', { directory: this.#directory, batchTime, reason });
    }
    if (times.length > 0) throw checkpointError(this.#directory, times.length);
    return undefined;
  }

  async list(): Promise<readonly BatchTime[]> {
    return this.#numbers(NAME);
  }

  /**
   * Also removes leftovers of failed writes. A file that cannot be removed does not prevent the removal of other files.
   *
   * @throws `MR_CHECKPOINT_NOT_REMOVED` after the removal of all other files; TypeError unless `keep` is a whole number
   *   from 1 up.
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
      // An entry that is not a file is not a part, and this store does not remove such an entry.
      if ((await this.#names()).includes(name)) throw notRemoved(this.#directory, [{ name, error }]);
    }
  }

  // Files

  async #numbers(pattern: RegExp): Promise<number[]> {
    return numbersIn(await this.#names(), pattern);
  }

  /**
   * Times of entries that are named as checkpoints and are neither files nor directories. A link to a disk that is not
   * mounted leads to a checkpoint that cannot be read now; an application that treated the directory as empty would
   * start from nothing.
   */
  async #oddTimes(): Promise<ReadonlySet<BatchTime>> {
    const entries = await this.#entries();
    const names = entries.filter(({ kind }) => kind === 'other').map(({ name }) => name);
    return new Set(numbersIn(names, NAME));
  }

  /** Writes a file beside its name, then renames the file in one step. */
  async #writeWhole(name: string, number: number, bytes: Uint8Array): Promise<void> {
    const path = join(this.#directory, name);
    const temporary = `${path}.tmp`;
    if (bytes.byteLength > this.#maxBytes) throw tooLarge(path, bytes.byteLength, this.#maxBytes);
    await this.#assertInPlace();
    // Left behind by a process that died during a write.
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

  /** The lock disappears with the directory in which it was taken. */
  async #assertInPlace(): Promise<void> {
    if (this.#lockId === undefined) return;
    if ((await this.#storage.stat(this.#lockPath))?.fileId === this.#lockId) return;
    const message = `expected the directory of checkpoints ${this.#directory} to stay in place, but the directory was removed, renamed or replaced; restore the directory, or stop the application`;
    throw coreError('MR_STORAGE_NOT_FOUND', message, { details: { path: this.#directory } });
  }

  /** The names of files. */
  async #names(): Promise<readonly string[]> {
    return (await this.#entries()).filter(({ kind }) => kind === 'file').map(({ name }) => name);
  }

  async #entries(): Promise<readonly StorageEntry[]> {
    try {
      return await this.#storage.list(this.#directory);
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

  /** An unreadable disk is one more reason for skipping a checkpoint. */
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
      return { problem: `the file could not be read: ${messageOf(error)}` };
    }
  }

  #problemOfSize(sizeBytes: number): string | undefined {
    const contentBytes = sizeBytes - CHECKPOINT_HEAD_BYTES;
    if (contentBytes <= this.#maxBytes) return undefined;
    return `the file has ${contentBytes} bytes, more than the limit of ${this.#maxBytes}`;
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
      // The file is harmless: the next write of this time and every `prune` try the removal again.
      this.#log.warn('a file of a failed checkpoint could not be removed', { path, error });
    }
  }
}

function numbersIn(names: readonly string[], pattern: RegExp): number[] {
  return names
    .flatMap((name) => pattern.exec(name)?.[1] ?? [])
    .map(Number)
    .filter((number) => Number.isSafeInteger(number))
    .toSorted((a, b) => a - b);
}

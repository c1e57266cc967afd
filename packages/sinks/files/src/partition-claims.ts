// The number of partitions of each written batch. A batch that runs again with another number has its records in other
// partitions, so the file of a partition would contain other records. The number is therefore on the disk before the
// first file of an output of a batch gets its name. All sinks of the directory share the file with the number:
//
//   .millrace/partitions/<prefix><batch id>-<output operation><suffix>   the number and `\n`
//
// The number is never changed. A crash may leave such a file without its line end. No file of that batch has its final
// name then, because naming waits for the whole line, and the number is rewritten.
import { join } from 'node:path';
import { isMillraceError, type SinkWrite, type Storage, type StorageCreation } from '@millrace/core';
import { coreError } from '@millrace/core';
import { claimFileName, type NameFrame } from './batch-file-name.ts';
import type { DraftFile } from './draft-file.ts';

/** The number of outputs of batches in memory. The numbers of older outputs are read from the disk again. */
const REMEMBERED_MAX = 1_000;

/** More than the number of digits of any number of partitions. */
const LINE_BYTES_MAX = 32;

/** Collaborators of `PartitionClaims`. */
export interface PartitionClaimsOptions {
  readonly storage: Storage;
  /** The existing hidden directory for the numbers. */
  readonly directory: string;
  readonly frame: NameFrame;
  readonly fsync: boolean;
  readonly creation: StorageCreation;
  /** Begins a file under a name that no other sink uses. */
  readonly createDraft: () => Promise<DraftFile>;
}

/** The numbers of partitions of the batches of one directory. */
export class PartitionClaims {
  readonly #options: PartitionClaimsOptions;
  readonly #known = new Map<string, number>();
  readonly #claiming = new Map<string, Promise<number>>();

  constructor(options: PartitionClaimsOptions) {
    this.#options = options;
  }

  /** @throws `MR_SINK_REPARTITIONED` when the batch was written with another number of partitions. */
  async check(write: SinkWrite): Promise<void> {
    const path = this.#pathOf(write);
    const partitions = this.#known.get(path) ?? (await this.#read(path));
    if (partitions !== undefined) this.#compare(write, { path, partitions });
  }

  /**
   * Records the number of partitions, unless recorded before.
   *
   * @throws `MR_SINK_REPARTITIONED` when the recorded number differs; `MR_STORAGE_…`
   */
  async claim(write: SinkWrite): Promise<void> {
    const path = this.#pathOf(write);
    let claiming = this.#claiming.get(path);
    if (claiming === undefined && !this.#known.has(path)) {
      claiming = this.#settle(path, write.partitions).finally(() => this.#claiming.delete(path));
      this.#claiming.set(path, claiming);
    }
    this.#compare(write, { path, partitions: (await claiming) ?? write.partitions });
  }

  #compare(write: SinkWrite, { path, partitions }: { path: string; partitions: number }): void {
    this.#remember(path, partitions);
    if (partitions === write.partitions) return;
    const message = `expected the batch to have ${partitions} partitions as in the first run, got ${write.partitions}; run the batch with the first number, or remove the files of the batch and ${path}`;
    throw coreError('MR_SINK_REPARTITIONED', message, { details: { ...write, before: partitions, path } });
  }

  /** The recorded number of the batch, durable with `fsync`. */
  async #settle(path: string, partitions: number): Promise<number> {
    const { storage, directory, fsync } = this.#options;
    if (!(await this.#create(path, partitions))) {
      if ((await this.#read(path)) === undefined) await this.#replaceTorn(path, partitions);
      // The sink that made the file may not have reached its sync, and may never.
      else if (fsync) await this.#sync(path);
    }
    if (fsync) await storage.syncDirectory(directory);
    // Another sink may have replaced the file meanwhile, so the content under the name decides.
    return (await this.#read(path)) ?? partitions;
  }

  async #create(path: string, partitions: number): Promise<boolean> {
    const { storage, fsync, creation } = this.#options;
    try {
      const file = await storage.open(path, 'create', creation);
      try {
        await file.append([lineOf(partitions)]);
        if (fsync) await file.sync();
      } finally {
        await file.close();
      }
      return true;
    } catch (error) {
      if (isMillraceError(error, 'MR_STORAGE_EXISTS')) return false;
      throw error;
    }
  }

  async #sync(path: string): Promise<void> {
    const file = await this.#options.storage.open(path, 'append');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  }

  async #replaceTorn(path: string, partitions: number): Promise<void> {
    const { fsync, createDraft } = this.#options;
    const draft = await createDraft();
    try {
      await draft.append(lineOf(partitions));
      await draft.publish(path, { fsync });
    } catch (error) {
      await draft.discard().catch(() => undefined);
      throw error;
    }
  }

  /** The number in a file; undefined without a file, or for a file that ends within the number. */
  async #read(path: string): Promise<number | undefined> {
    try {
      const file = await this.#options.storage.open(path, 'read');
      try {
        const line = Buffer.from(await file.readAt(0, LINE_BYTES_MAX)).toString();
        return /^\d+\n$/.test(line) ? Number(line) : undefined;
      } finally {
        await file.close();
      }
    } catch (error) {
      if (isMillraceError(error, 'MR_STORAGE_NOT_FOUND')) return undefined;
      throw error;
    }
  }

  #remember(path: string, partitions: number): void {
    this.#known.set(path, partitions);
    if (this.#known.size <= REMEMBERED_MAX) return;
    const [oldest] = this.#known.keys();
    if (oldest !== undefined) this.#known.delete(oldest);
  }

  #pathOf(write: SinkWrite): string {
    return join(this.#options.directory, claimFileName(write, this.#options.frame));
  }
}

function lineOf(partitions: number): Uint8Array {
  return Buffer.from(`${partitions}\n`);
}

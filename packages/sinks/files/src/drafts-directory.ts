// The directory of files during writing: a hidden directory inside the directory of results, so that renaming stays
// within one file system and listings of the results show no drafts.
//
//   .millrace/writer-0.lock      held by the sink that writes as number 0, while its process lives
//   .millrace/writer-0-17.draft  the 17th file of this sink
//   .millrace/partitions/        see partition-claims.ts
//
// Several sinks write to one directory, one per executor. Each sink takes the lowest free number and holds the lock of
// the number. A draft with a number without lock was therefore left by a crash and can be removed; no other draft can.
import { join } from 'node:path';
import { isMillraceError, type Storage, type StorageCreation, type StorageEntry } from '@millrace/core';
import { DraftFile } from './draft-file.ts';
import { makeDurableDirectories } from './make-durable-directories.ts';
import { filesSinkError } from './files-sink-errors.ts';

/** The largest number of sinks with one open directory. */
const WRITERS_MAX = 1_000;

/** The directory of partition numbers, inside the hidden directory. */
const CLAIMS = 'partitions';

const DRAFT_NAME = /^writer-(\d+)-\d+\.draft$/;

type Release = () => Promise<void>;

interface DraftsDirectoryDeps {
  readonly storage: Storage;
  readonly directory: string;
  readonly writer: number;
  readonly release: Release;
  readonly creation: StorageCreation;
}

/** One sink's share of the hidden directory. */
export class DraftsDirectory {
  readonly #storage: Storage;
  readonly #directory: string;
  readonly #writer: number;
  readonly #release: Release;
  readonly #creation: StorageCreation;
  #drafts = 0;

  private constructor(options: DraftsDirectoryDeps) {
    this.#storage = options.storage;
    this.#directory = options.directory;
    this.#writer = options.writer;
    this.#release = options.release;
    this.#creation = options.creation;
  }

  /**
   * Makes the directories as needed, takes a number, and removes the drafts of dead writers.
   *
   * @throws `MR_SINK_FILES_TOO_MANY_WRITERS`, `MR_STORAGE_…`
   */
  static async open(
    storage: Storage,
    options: { readonly directory: string; readonly fsync: boolean; readonly mode?: number | undefined },
  ): Promise<DraftsDirectory> {
    const { fsync, mode } = options;
    const directory = join(options.directory, '.millrace');
    const creation = mode === undefined ? {} : { permissions: searchable(mode) };
    const directories = [options.directory, directory, join(directory, CLAIMS)] as const;
    await makeDurableDirectories(storage, { directories: [...directories], fsync, creation });
    const { writer, release } = await takeNumber(storage, directory);
    try {
      await removeLeftovers(storage, { directory, writer });
    } catch (error) {
      await release();
      throw error;
    }
    return new DraftsDirectory({
      storage,
      directory,
      writer,
      release,
      creation: mode === undefined ? {} : { permissions: mode },
    });
  }

  /** The existing directory for the numbers of partitions. */
  get claims(): string {
    return join(this.#directory, CLAIMS);
  }

  /** Begins a file under a name that no other file has. */
  create(): Promise<DraftFile> {
    this.#drafts += 1;
    return DraftFile.create(
      this.#storage,
      join(this.#directory, `writer-${this.#writer}-${this.#drafts}.draft`),
      this.#creation,
    );
  }

  /** Releases the number. */
  async close(): Promise<void> {
    await this.#release();
  }
}

/**
 * The permissions of a directory for files with these permissions: readers may search the directory, the owner has all
 * permissions.
 */
function searchable(mode: number): number {
  return mode | ((mode & 0o444) >> 2) | 0o700;
}

async function takeNumber(
  storage: Storage,
  directory: string,
): Promise<{ writer: number; release: Release }> {
  for (let writer = 0; writer < WRITERS_MAX; writer += 1) {
    const release = await lockIfFree(storage, lockPath(directory, writer));
    if (release !== undefined) return { writer, release };
  }
  const message = `expected at most ${WRITERS_MAX} sinks to write to one directory, all numbers of ${directory} are taken`;
  throw filesSinkError('MR_SINK_FILES_TOO_MANY_WRITERS', message, { details: { directory } });
}

/** Removes the drafts of this number, which belong to an earlier writer, and the drafts of numbers without a lock. */
async function removeLeftovers(
  storage: Storage,
  { directory, writer }: { readonly directory: string; readonly writer: number },
): Promise<void> {
  const drafts = Map.groupBy(await storage.list(directory), writerOf);
  drafts.delete(undefined);
  for (const [number, entries] of drafts) {
    const isOwn = number === writer;
    const release = isOwn ? undefined : await lockIfFree(storage, lockPath(directory, Number(number)));
    if (!isOwn && release === undefined) continue;
    try {
      for (const { name } of entries) await storage.remove(join(directory, name));
    } finally {
      await release?.();
    }
  }
}

function writerOf({ name }: StorageEntry): number | undefined {
  const number = DRAFT_NAME.exec(name)?.[1];
  return number === undefined ? undefined : Number(number);
}

function lockPath(directory: string, writer: number): string {
  return join(directory, `writer-${writer}.lock`);
}

async function lockIfFree(storage: Storage, path: string): Promise<Release | undefined> {
  try {
    return await storage.lock(path);
  } catch (error) {
    if (isMillraceError(error, 'MR_STORAGE_LOCKED')) return undefined;
    throw error;
  }
}

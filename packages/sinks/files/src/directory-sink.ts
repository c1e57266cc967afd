// The sink itself: each partition of each output operation of each batch becomes one file. The file is written under a
// temporary name, synced, renamed to a name made of the write's identity, and the directory is synced. A file with its
// final name is complete; a write whose name exists was done before, and changes nothing.
import { join } from 'node:path';
import type { Sink, SinkCapabilities, SinkWrite, Storage } from '@millrace/core';
import { coreError } from '@millrace/core';
import { batchFileName, type NameFrame } from './batch-file-name.ts';
import type { DraftFile } from './draft-file.ts';
import { DraftsDirectory } from './drafts-directory.ts';
import { filesSinkError } from './files-sink-errors.ts';
import type { FilesSinkOptions } from './files-sink.options.ts';
import type { FileEncoder } from './formats/file-encoder.ts';
import { DEFAULT_SUFFIXES, encoderOf } from './formats/format-of.ts';
import { PartitionClaims } from './partition-claims.ts';

/** Collaborators of an open sink. */
interface OpenDirectory {
  readonly drafts: DraftsDirectory;
  readonly claims: PartitionClaims;
  readonly encode: FileEncoder;
}

/** Writes partitions as files of one directory. */
export class DirectorySink<T> implements Sink<T> {
  readonly name = 'files';
  readonly capabilities: SinkCapabilities;
  readonly #options: FilesSinkOptions;
  readonly #storage: Storage;
  readonly #frame: NameFrame;
  readonly #writes = new Set<Promise<void>>();
  #opening: Promise<OpenDirectory> | undefined;
  #opened: OpenDirectory | undefined;
  #closed: Promise<void> | undefined;

  constructor(options: FilesSinkOptions, storage: Storage) {
    const reach = options.shared ? 'everywhere' : 'host';
    this.capabilities = Object.freeze({ delivery: 'effectively-once', reach });
    this.#options = options;
    this.#storage = storage;
    this.#frame = { prefix: options.prefix, suffix: options.suffix ?? DEFAULT_SUFFIXES[options.format] };
  }

  /**
   * Makes the directory and removes the drafts of dead writers.
   *
   * @throws `MR_SINK_NOT_OPEN` after `close`, `MR_SINK_FILES_TOO_MANY_WRITERS`, `MR_SINK_FILES_PACKAGE_MISSING`,
   *   `MR_STORAGE_…`
   */
  async open(): Promise<void> {
    if (this.#closed !== undefined) throw this.#notOpen();
    const opening = (this.#opening ??= this.#openDirectory());
    try {
      this.#opened = await opening;
    } catch (error) {
      if (this.#opening === opening) this.#opening = undefined;
      throw error;
    }
  }

  /**
   * Writes one partition, unless its file exists.
   *
   * @throws `MR_SINK_NOT_OPEN`, `MR_SINK_UNSUPPORTED_RECORD`, `MR_SINK_REPARTITIONED`, `MR_SINK_FILES_NAME_TAKEN`,
   *   `MR_STORAGE_…`
   */
  async write(records: Iterable<T>, write: SinkWrite): Promise<void> {
    if (this.#opened === undefined || this.#closed !== undefined) throw this.#notOpen();
    const writing = this.#writeOnce(this.#opened, records, write);
    this.#writes.add(writing);
    try {
      await writing;
    } finally {
      this.#writes.delete(writing);
    }
  }

  /** Waits for pending writes and releases the directory. May be repeated. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    // The callers of the writes receive their outcomes.
    await Promise.allSettled([this.#opening, ...this.#writes]);
    await this.#opened?.drafts.close();
  }

  async #openDirectory(): Promise<OpenDirectory> {
    const [storage, frame] = [this.#storage, this.#frame];
    const { fsync, mode } = this.#options;
    const creation = mode === undefined ? {} : { permissions: mode };
    const encode = await encoderOf(this.#options);
    const drafts = await DraftsDirectory.open(storage, this.#options);
    const createDraft = () => drafts.create();
    const claims = new PartitionClaims({
      storage,
      directory: drafts.claims,
      frame,
      fsync,
      creation,
      createDraft,
    });
    return { drafts, claims, encode };
  }

  async #writeOnce(open: OpenDirectory, records: Iterable<T>, write: SinkWrite): Promise<void> {
    const { directory, fsync } = this.#options;
    await open.claims.check(write);
    const path = join(directory, batchFileName(write, this.#frame));
    const isWritten =
      (await this.#isWritten(path)) || (await this.#writeFile(open, { path, records, write }));
    // Also for an existing file: the attempt that renamed the file may have failed in this step.
    if (isWritten && fsync) await this.#storage.syncDirectory(directory);
  }

  async #isWritten(path: string): Promise<boolean> {
    const entry = await this.#storage.stat(path);
    if (entry === undefined || entry.kind === 'file') return entry !== undefined;
    const message = `expected ${path} to be free for a file, but there is a ${entry.kind}; move the entry away`;
    throw filesSinkError('MR_SINK_FILES_NAME_TAKEN', message, { details: { path, kind: entry.kind } });
  }

  /** True when the partition had content. A failed write leaves no file. */
  async #writeFile(
    { drafts, claims, encode }: OpenDirectory,
    { path, records, write }: { path: string; records: Iterable<T>; write: SinkWrite },
  ): Promise<boolean> {
    let draft: DraftFile | undefined;
    try {
      for (const chunk of encode(records, write)) {
        draft ??= await drafts.create();
        await draft.append(chunk);
      }
      if (draft !== undefined) await claims.claim(write);
      await draft?.publish(path, this.#options);
      return draft !== undefined;
    } catch (error) {
      // The first error is reported; a remaining draft is removed when a sink is opened.
      await draft?.discard().catch(() => undefined);
      throw error;
    }
  }

  #notOpen(): Error {
    const { directory } = this.#options;
    const message = `expected the sink of ${directory} to be open; open the sink once before the first write, and make another after close`;
    return coreError('MR_SINK_NOT_OPEN', message, { details: { sink: this.name, directory } });
  }
}

// A file as one record. The file is stored only after a complete reading without changes meanwhile; until then nothing
// has happened and the next poll may try again.
import { crc32 } from 'node:zlib';
import type { ReceiverContext, StorageEntry } from '@millrace/core';
import { isSameContent } from '@millrace/core/engine';
import { fileError } from './file-errors.ts';
import type { FileProgress } from './file-position.ts';
import type { FileReading, FoundFile, ReadingDeps } from './file-reading.ts';
import type { ReadingJournal } from './reading-journal.ts';
import { StoredFile } from './stored-file.ts';
import type { WholeFilesOptions } from './whole-files.options.ts';

/** A file as a record. */
export interface WholeFile {
  /** Directory and name. */
  readonly path: string;
  /** The name inside its directory. */
  readonly name: string;
  /** The time of the last change of the content, wall milliseconds since the epoch. */
  readonly modifiedMs: number;
  readonly bytes: Uint8Array;
}

/** Reads one file as one record. */
export class WholeFileReading implements FileReading {
  readonly #found: FoundFile;
  readonly #context: ReceiverContext<WholeFile>;
  readonly #journal: ReadingJournal;
  readonly #onDropped: (records: number) => void;
  readonly #options: WholeFilesOptions;
  readonly #file: StoredFile;
  #readAs: StorageEntry | undefined;

  constructor(found: FoundFile, deps: ReadingDeps<WholeFile>, options: WholeFilesOptions) {
    this.#found = found;
    this.#context = deps.context;
    this.#journal = deps.journal;
    this.#onDropped = deps.onDropped;
    this.#options = options;
    this.#file = new StoredFile(deps.context, found.path);
  }

  get readAs(): StorageEntry | undefined {
    return this.#readAs;
  }

  async attempt(): Promise<'done'> {
    const before = await this.#file.stat();
    if (before.sizeBytes > this.#options.maxFileBytes) {
      this.#reportTooLarge(before.sizeBytes);
      this.#onDropped(1);
      this.#readAs = before;
      return 'done';
    }
    const bytes = await this.#readAll(before);
    this.#readAs = before;
    const { path, name } = this.#found;
    const { sizeBytes, modifiedMs } = before;
    this.#journal.beginSegment({ ...this.reached, readAs: { sizeBytes, modifiedMs } });
    const place = this.#journal.readUpTo(sizeBytes, crc32(bytes));
    const isWelcome = this.#context.store({ path, name, modifiedMs, bytes }, place);
    if (!isWelcome) await this.#context.ready();
    return 'done';
  }

  /** The record is stored in one go: an unfinished reading has stored nothing. */
  get reached(): FileProgress {
    return { byte: 0, crc: 0 };
  }

  progress(): Readonly<Record<string, unknown>> {
    return { path: this.#found.path, storedRecords: this.#readAs === undefined ? 0 : 1 };
  }

  async #readAll(before: StorageEntry): Promise<Uint8Array> {
    const { sizeBytes } = before;
    const bytes = new Uint8Array(sizeBytes);
    let filledBytes = 0;
    const range = { fromByte: 0, toByte: sizeBytes, chunkBytes: this.#options.chunkBytes };
    for await (const chunk of this.#file.chunks(range)) {
      bytes.set(chunk, filledBytes);
      filledBytes += chunk.length;
    }
    // A file that was removed by now was still read completely.
    const after = (await this.#file.find()) ?? before;
    if (filledBytes === sizeBytes && isSameContent(before, after)) return bytes;
    const message = `${this.#found.path} changed during reading, and nothing was stored; trying again at the next poll`;
    throw fileError('MR_FILES_CHANGED', message, { details: { path: this.#found.path } });
  }

  #reportTooLarge(sizeBytes: number): void {
    const { path } = this.#found;
    const { maxFileBytes } = this.#options;
    const message = `expected files of at most ${maxFileBytes} bytes, ${path} has ${sizeBytes} and was left out`;
    const details = { path, sizeBytes, maxFileBytes };
    this.#context.reportError(message, fileError('MR_FILES_TOO_LARGE', message, { details }));
  }
}

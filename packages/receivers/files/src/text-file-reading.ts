// A file as lines. The file is read up to its size at the begin of reading, chunk by chunk, and lines are stored at
// once: a file of any size needs the memory of one chunk and one line.
//
// Stored lines cannot be taken back. A failed attempt is therefore continued at the same byte, and a file that is
// changed meanwhile is not begun again: the part already read counts, the rest is reported and left out.
import { crc32 } from 'node:zlib';
import { LineFramer, type ReceiverContext, type StorageEntry, type TextPiece } from '@millrace/core';
import { foreignKindOf, isGzipName, isSameContent } from '@millrace/core/engine';
import { fileError } from './file-errors.ts';
import type { FileProgress } from './file-position.ts';
import type { FileReading, FoundFile, ReadingDeps } from './file-reading.ts';
import type { ReadingJournal } from './reading-journal.ts';
import { StoredFile } from './stored-file.ts';
import type { TextFilesOptions } from './text-files.options.ts';

/** Reads one file as lines. */
export class TextFileReading implements FileReading {
  readonly #path: string;
  readonly #context: ReceiverContext<string>;
  readonly #journal: ReadingJournal;
  readonly #onDropped: (records: number) => void;
  readonly #options: TextFilesOptions;
  readonly #file: StoredFile;
  readonly #framer: LineFramer;
  /** The state of the file at the reading of the first byte. */
  #begun: StorageEntry | undefined;
  #hasChanged = false;
  /** The position at which the framer began. */
  readonly #startByte: number;
  #readBytes: number;
  /** All bytes before this one are stored. */
  #storedBytes: number;
  /** The checksum of the stored lines. */
  #crc: number;
  #untoldLongLines = 0;

  constructor(found: FoundFile, deps: ReadingDeps<string>, options: TextFilesOptions) {
    const { name, progress = { byte: 0, crc: 0 } } = found;
    this.#path = found.path;
    this.#context = deps.context;
    this.#journal = deps.journal;
    this.#onDropped = deps.onDropped;
    this.#options = options;
    this.#file = new StoredFile(deps.context, found.path);
    this.#framer = new LineFramer({ ...options, isFileStart: progress.byte === 0 });
    this.#begun = progress.readAs && { name, kind: 'file', ...progress.readAs };
    this.#startByte = this.#readBytes = this.#storedBytes = progress.byte;
    this.#crc = progress.crc;
  }

  get readAs(): StorageEntry | undefined {
    return this.#hasChanged ? undefined : this.#begun;
  }

  async attempt(): Promise<'done' | 'stopped'> {
    try {
      const begun = await this.#begin();
      if (begun === undefined) return 'done';
      return await this.#readFrom(begun);
    } finally {
      this.#reportLongLines();
    }
  }

  get reached(): FileProgress {
    const progress = { byte: this.#storedBytes, crc: this.#crc };
    if (this.#begun === undefined) return progress;
    const { sizeBytes, modifiedMs } = this.#begun;
    return { ...progress, readAs: { sizeBytes, modifiedMs } };
  }

  progress(): Readonly<Record<string, unknown>> {
    const storedBytes = this.#readBytes - this.#framer.heldBytes;
    return { path: this.#path, storedBytes, sizeBytes: this.#begun?.sizeBytes };
  }

  /** Returns the state of the file at its first byte; undefined when the file was replaced. */
  async #begin(): Promise<StorageEntry | undefined> {
    const now = await this.#file.stat();
    if (this.#readBytes === 0 || this.#begun === undefined) {
      this.#begun = now;
    } else if (!isSameContent(this.#begun, now)) {
      this.#reportChanged();
      return undefined;
    }
    return this.#begun;
  }

  async #readFrom(begun: StorageEntry): Promise<'done' | 'stopped'> {
    const { chunkBytes } = this.#options;
    const { sizeBytes, modifiedMs } = begun;
    const isUnpacked = isGzipName(this.#path);
    this.#journal.beginSegment({ ...this.reached, readAs: { sizeBytes, modifiedMs }, isUnpacked });
    for await (const chunk of this.#file.text({ fromByte: this.#readBytes, chunkBytes }, sizeBytes)) {
      if (this.#readBytes === 0) this.#reportForeign(chunk);
      // From here on the chunk counts as read: storing fails only when the receiver is stopped.
      this.#readBytes += chunk.length;
      if ((await this.#store(this.#framer.push(chunk))) === 'stopped') return 'stopped';
    }
    // A file that was removed by now was still read completely.
    const after = (await this.#file.find()) ?? begun;
    const isWhole = isUnpacked || this.#readBytes >= sizeBytes;
    if (!isWhole || !isSameContent(begun, after)) {
      this.#reportChanged();
      return 'done';
    }
    return await this.#store(this.#framer.end());
  }

  async #store(pieces: readonly TextPiece[]): Promise<'done' | 'stopped'> {
    for (const piece of pieces) {
      if (piece.kind === 'lines') {
        this.#storedBytes = this.#startByte + piece.endByte;
        this.#crc = crc32(piece.bytes, this.#crc);
        const place = this.#journal.readUpTo(this.#storedBytes, this.#crc);
        const isWelcome = this.#context.storeText(piece.bytes, piece.lineCount, place);
        if (!isWelcome) await this.#context.ready();
      } else if (this.#options.onLongLine === 'skip') {
        this.#untoldLongLines += 1;
        this.#onDropped(1);
      } else {
        this.#stopAtLongLine();
        return 'stopped';
      }
    }
    return 'done';
  }

  #stopAtLongLine(): void {
    const { maxLineBytes } = this.#options;
    const message = `expected lines of at most ${maxLineBytes} bytes, ${this.#path} has a longer one`;
    const details = { ...this.progress(), maxLineBytes };
    this.#context.stop(message, fileError('MR_FILES_LONG_LINE', message, { details }));
  }

  #reportForeign(start: Uint8Array): void {
    const kind = foreignKindOf(start);
    if (kind === undefined) return;
    const message = `expected ${this.#path} to be UTF-8 text, but the file looks like ${kind}; its lines are stored all the same`;
    const details = { path: this.#path, kind };
    this.#context.reportError(message, fileError('MR_FILES_NOT_TEXT', message, { details }));
  }

  /** One report for all omissions of an attempt. */
  #reportLongLines(): void {
    if (this.#untoldLongLines === 0) return;
    const { maxLineBytes } = this.#options;
    const details = { path: this.#path, skippedLines: this.#untoldLongLines, maxLineBytes };
    const message =
      `expected lines of at most ${maxLineBytes} bytes and left out ${this.#untoldLongLines} longer ones of ` +
      `${this.#path}; raise maxLineBytes to keep such lines`;
    this.#untoldLongLines = 0;
    this.#context.reportError(message, fileError('MR_FILES_LONG_LINE', message, { details }));
  }

  #reportChanged(): void {
    this.#hasChanged = true;
    const details = this.progress();
    const message =
      `${this.#path} changed during reading: its first ${String(details['storedBytes'])} bytes were stored, the rest is ` +
      `left out; move files in when they are complete`;
    this.#context.reportError(message, fileError('MR_FILES_CHANGED', message, { details }));
  }
}

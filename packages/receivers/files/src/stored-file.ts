// A file of the storage, read in bounded chunks, with one code for every failure: for a receiver, a missing file, a
// forbidden file and a failing disk are the same case, a file that may be readable later.
import { messageOf, type ReceiverContext, type StorageEntry, type StorageFile } from '@millrace/core';
import { gunzipChunks, isGzipFailure, isGzipName } from '@millrace/core/engine';
import { fileError } from './file-errors.ts';

/** The range of bytes: from `fromByte` up to, but without, `toByte`, at most `chunkBytes` at once. */
export interface ReadRange {
  readonly fromByte: number;
  readonly toByte: number;
  readonly chunkBytes: number;
}

/** Reads one file. Keeps nothing open between calls. */
export class StoredFile {
  readonly path: string;
  readonly #context: Pick<ReceiverContext<never>, 'storage' | 'signal'>;
  /** The state of the file at the last check. */
  #seen: StorageEntry | undefined;

  constructor(context: Pick<ReceiverContext<never>, 'storage' | 'signal'>, path: string) {
    this.#context = context;
    this.path = path;
  }

  /**
   * The present state of the file, or undefined for a missing file.
   *
   * @throws `MR_FILES_UNREADABLE`
   */
  async find(): Promise<StorageEntry | undefined> {
    this.#seen = await this.#attempt(() => this.#context.storage.stat(this.path));
    return this.#seen;
  }

  /**
   * The present state of the file.
   *
   * @throws `MR_FILES_UNREADABLE`, also for a missing file.
   */
  async stat(): Promise<StorageEntry> {
    const entry = await this.find();
    if (entry === undefined) throw this.#unreadable('the file no longer exists');
    return entry;
  }

  /**
   * The bytes of the range, one chunk after the other; fewer for a shorter file. A chunk belongs to the caller.
   *
   * @throws `MR_FILES_UNREADABLE`, also when another file has replaced the file since the check; the signal's reason
   *   when the receiver is stopped.
   */
  async *chunks({ fromByte, toByte, chunkBytes }: ReadRange): AsyncGenerator<Uint8Array, void, void> {
    if (fromByte >= toByte) return;
    const file = await this.#attempt(() => this.#context.storage.open(this.path, 'read'));
    try {
      await this.#assertSeen(file);
      let offset = fromByte;
      while (offset < toByte) {
        this.#context.signal.throwIfAborted();
        const length = Math.min(chunkBytes, toByte - offset);
        const chunk = await this.#attempt(() => file.readAt(offset, length));
        if (chunk.length === 0) return;
        offset += chunk.length;
        yield chunk;
      }
    } finally {
      await this.#attempt(() => file.close());
    }
  }

  /**
   * The text of the file, chunk by chunk from a byte of the text on: the content, or the decompressed content of a file
   * whose name ends with `.gz`. `sizeBytes`: the number of bytes to read from the file.
   *
   * @throws like `chunks`, and `MR_FILES_UNREADABLE` when the file is not a whole gzip file.
   */
  async *text(
    { fromByte, chunkBytes }: Omit<ReadRange, 'toByte'>,
    sizeBytes: number,
  ): AsyncGenerator<Uint8Array, void, void> {
    if (!isGzipName(this.path)) {
      yield* this.chunks({ fromByte, toByte: sizeBytes, chunkBytes });
      return;
    }
    const packed = this.chunks({ fromByte: 0, toByte: sizeBytes, chunkBytes });
    let passedBytes = 0;
    try {
      for await (const chunk of gunzipChunks(packed, { chunkBytes })) {
        const isPassed = Math.min(chunk.length, Math.max(0, fromByte - passedBytes));
        passedBytes += chunk.length;
        if (isPassed < chunk.length) yield chunk.subarray(isPassed);
      }
    } catch (cause) {
      if (isGzipFailure(cause))
        throw this.#unreadable(`the file is not a whole gzip file, ${cause.message}`, cause);
      throw cause;
    }
  }

  /** The opened file is the checked file, if the storage can compare the two. */
  async #assertSeen(file: StorageFile): Promise<void> {
    const opened = await this.#attempt(async () => file.stat?.());
    if (opened?.fileId === undefined || this.#seen?.fileId === undefined) return;
    if (opened.fileId !== this.#seen.fileId) throw this.#unreadable('another file has replaced it');
  }

  async #attempt<R>(work: () => Promise<R>): Promise<R> {
    try {
      return await work();
    } catch (cause) {
      throw this.#unreadable(messageOf(cause), cause);
    }
  }

  #unreadable(why: string, cause?: unknown): Error {
    const message = `expected to read ${this.path}: ${why}; trying again at the next poll`;
    return fileError('MR_FILES_UNREADABLE', message, { details: { path: this.path }, cause });
  }
}

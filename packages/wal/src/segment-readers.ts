// Reads single entries by handle. A few segments stay open, because tasks read block after block of the same segment;
// the least recently used one is closed first. Any log under the root directory can be read: a task may run on another
// executor than its block.
import { basename, join } from 'node:path';
import { isMillraceError, type LogHandle, type Storage, type StorageFile } from '@millrace/core';
import { decodeHeader, FRAME_BYTES, HEADER_READ_BYTES, PAYLOAD_BYTES_MAX, readFrame } from './log-format.ts';
import { isSegmentReference, segmentNumber } from './segment-name.ts';
import { corruptRecord } from './log-failures.ts';
import { walError } from './wal-errors.ts';

/** The largest number of segments open for reading, except while all are being read. */
const OPEN_MAX = 16;

interface OpenSegment {
  readonly file: StorageFile;
  readonly salt: number;
  readonly isSynced: boolean;
}

interface Slot {
  readonly opened: Promise<OpenSegment>;
  users: number;
  /** The segment was removed; the file is closed after the last reader. */
  isForgotten: boolean;
}

/** Open segments, for reading. */
export class SegmentReaders {
  readonly #storage: Storage;
  readonly #root: string;
  readonly #isForeign: (segment: string) => boolean;
  /** Least recently used first. */
  readonly #slots = new Map<string, Slot>();

  /**
   * @param root The directory in which logs have their folders.
   * @param isForeign True when a file is known not to belong to its log. Segments of other logs are unknown.
   */
  constructor(storage: Storage, root: string, isForeign: (segment: string) => boolean) {
    this.#storage = storage;
    this.#root = root;
    this.#isForeign = isForeign;
  }

  /**
   * The payload of an entry.
   *
   * @throws `MR_WAL_ENTRY_NOT_FOUND` when the segment is gone or the handle belongs to no log. `MR_WAL_CORRUPT_RECORD`
   *   when the bytes are not this entry, complete.
   */
  async read(handle: LogHandle): Promise<Uint8Array> {
    assertHandle(handle);
    const { segment, offset, length } = handle;
    const slot = this.#slot(segment);
    try {
      const { file, salt } = await slot.opened;
      const read = await file.readAt(offset, FRAME_BYTES + length);
      const bytes = Buffer.from(read.buffer, read.byteOffset, read.byteLength);
      const reading = readFrame({ bytes, offset, salt, limit: offset + bytes.length }, offset);
      if (reading.kind === 'frame' && reading.frame.payload.byteLength === length)
        return reading.frame.payload;
      throw corruptRecord({ segment, offset }, `no whole entry of ${length} bytes stands there`);
    } catch (error) {
      if (!(await this.#saysGone(segment, error))) throw error;
      this.forget(segment);
      throw notFound(handle, 'its segment is gone', error);
    } finally {
      this.#leave(slot);
    }
  }

  /** True when the log of the segment syncs. @throws like `read`. */
  async isSynced(segment: string): Promise<boolean> {
    assertHandle({ segment, offset: 0, length: 0 });
    const slot = this.#slot(segment);
    try {
      return (await slot.opened).isSynced;
    } finally {
      this.#leave(slot);
    }
  }

  /** Closes the file of a removed segment, after its last reader. */
  forget(segment: string): void {
    const slot = this.#slots.get(segment);
    if (slot === undefined) return;
    this.#slots.delete(segment);
    slot.isForgotten = true;
    if (slot.users === 0) this.#close(slot);
  }

  /** Closes everything. Pending reads fail. */
  async close(): Promise<void> {
    const slots = [...this.#slots.values()];
    this.#slots.clear();
    // A segment that could not be opened has nothing to close, and its readers have received the error.
    await Promise.all(
      slots.map(({ opened }) => opened.then(({ file }) => file.close()).catch(() => undefined)),
    );
  }

  /** An open file outlives the removal of its segment, and may already contain another segment. */
  async #saysGone(segment: string, error: unknown): Promise<boolean> {
    if (isMillraceError(error, 'MR_STORAGE_NOT_FOUND')) return true;
    if (!isMillraceError(error, 'MR_WAL_CORRUPT_RECORD')) return false;
    return (await this.#storage.stat(join(this.#root, segment))) === undefined;
  }

  #slot(segment: string): Slot {
    const slot = this.#slots.get(segment) ?? { opened: this.#open(segment), users: 0, isForgotten: false };
    slot.users += 1;
    this.#slots.delete(segment);
    this.#slots.set(segment, slot);
    return slot;
  }

  async #open(segment: string): Promise<OpenSegment> {
    try {
      if (this.#isForeign(segment))
        throw corruptRecord({ segment, offset: 0 }, 'the segment belongs to another log');
      return await openSegment(this.#storage, join(this.#root, segment), segment);
    } catch (error) {
      // The next reader tries again.
      this.#slots.delete(segment);
      throw error;
    }
  }

  #leave(slot: Slot): void {
    slot.users -= 1;
    if (slot.isForgotten && slot.users === 0) this.#close(slot);
    this.#closeUnused();
  }

  #closeUnused(): void {
    for (const [segment, slot] of this.#slots) {
      if (this.#slots.size <= OPEN_MAX) return;
      if (slot.users > 0) continue;
      this.#slots.delete(segment);
      this.#close(slot);
    }
  }

  #close({ opened }: Slot): void {
    // Nothing was written through this file, so the outcome of closing is irrelevant.
    void opened.then(({ file }) => file.close()).catch(() => undefined);
  }
}

async function openSegment(storage: Storage, path: string, segment: string): Promise<OpenSegment> {
  const file = await storage.open(path, 'read');
  try {
    const decoded = decodeHeader(await file.readAt(0, HEADER_READ_BYTES));
    const isIts = decoded.kind === 'valid' && decoded.header.number === segmentNumber(basename(segment));
    if (!isIts) throw corruptRecord({ segment, offset: 0 }, 'the header is invalid');
    return { file, salt: decoded.header.salt, isSynced: decoded.header.isSynced };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Handles come in messages, also from programs of other versions: every field is checked. */
function assertHandle(handle: LogHandle): void {
  const { segment, offset, length } = handle;
  const isPlace = Number.isSafeInteger(offset) && offset >= 0 && Number.isSafeInteger(length) && length >= 0;
  if (isPlace && length <= PAYLOAD_BYTES_MAX && isSegmentReference(segment)) return;
  throw notFound(handle, 'this is no place in a log');
}

function notFound({ segment, offset, length }: LogHandle, why: string, cause?: unknown): Error {
  return walError('MR_WAL_ENTRY_NOT_FOUND', `no entry at byte ${offset} of segment ${segment}: ${why}`, {
    details: { segment, offset, length },
    ...(cause === undefined ? {} : { cause }),
  });
}

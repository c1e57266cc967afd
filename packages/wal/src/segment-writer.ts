// One segment during writing: header first, then group after group, each durable before the next. After a failure the
// segment accepts nothing more (WAL-3); only cutting the failed group off remains possible.
//
// A group costs least inside the file: its blocks and its size are durable already, and one durable append replaces an
// append and a sync. The file of a removed segment has such room, and a new file gets room in steps, as zeros. A large
// group does without: writing its bytes twice would cost more. Zeros and old bytes stay behind the end until they are cut
// off at the end of the segment.
import { join } from 'node:path';
import type { Storage, StorageFile } from '@millrace/core';
import { engineStopper, PRIVATE_FILE } from '@millrace/core/engine';
import { FileRoom, type RoomOptions } from './file-room.ts';
import {
  encodeFrame,
  encodeHeader,
  FRAME_BYTES,
  HEADER_BYTES,
  payloadChecksum,
  type SegmentHeader,
} from './log-format.ts';
import { REWRITE_SUFFIX, segmentFileName } from './segment-name.ts';

/** An entry on its way into a segment. */
export interface EntryToWrite {
  readonly parts: readonly Uint8Array[];
  readonly timeMs: number;
  /** Of the parts together. */
  readonly payloadBytes: number;
  /** Of the parts together, by `payloadChecksum`. */
  readonly payloadSum: number;
}

/** The acknowledged content of a segment. */
export interface SegmentContent {
  readonly number: number;
  readonly endBytes: number;
  /** -Infinity when there is no entry. */
  readonly newestMs: number;
}

/** The place of a segment. */
export interface SegmentPlace {
  readonly storage: Storage;
  readonly directory: string;
}

/** Writes one segment. One call at a time. */
export class SegmentWriter {
  readonly #file: StorageFile;
  readonly #header: SegmentHeader;
  /** Undefined for a file of the size of its content. */
  readonly #room: FileRoom | undefined;
  #endBytes = HEADER_BYTES;
  #newestMs = Number.NEGATIVE_INFINITY;
  #isSynced = true;
  #state: 'open' | 'append failed' | 'sync failed' | 'done' = 'open';

  private constructor(file: StorageFile, header: SegmentHeader, room?: FileRoom) {
    this.#file = file;
    this.#header = header;
    this.#room = room;
  }

  /**
   * Makes the file, and makes header and name durable before anything follows. After a throw the file may still exist,
   * now or after a loss of power: its number must not be used again in this life of the log.
   */
  static async create({ storage, directory }: SegmentPlace, header: SegmentHeader): Promise<SegmentWriter> {
    const path = join(directory, segmentFileName(header.number));
    const file = await storage.open(path, 'create', PRIVATE_FILE);
    try {
      await file.append([encodeHeader(header)]);
      await file.sync();
      await storage.syncDirectory(directory);
      return new SegmentWriter(file, header);
    } catch (error) {
      // The remains are void, according to the next segment's header. Removing the file only saves a later clean-up.
      await file.close().catch(() => undefined);
      await storage.remove(path).catch(() => undefined);
      throw error;
    }
  }

  /**
   * Like `create`, with one step of room. The file gets the segment's name once header and room are durable, so that an
   * unfinished file never has the name.
   */
  static async createWithRoom(
    { storage, directory }: SegmentPlace,
    header: SegmentHeader,
    room: RoomOptions,
  ): Promise<SegmentWriter> {
    const path = join(directory, segmentFileName(header.number));
    const draft = path + REWRITE_SUFFIX;
    const bytes = encodeHeader(header);
    const fileRoom = new FileRoom(storage, path, room, HEADER_BYTES + room.stepBytes);
    let file: StorageFile | undefined;
    try {
      file = await storage.open(draft, 'create', PRIVATE_FILE);
      await file.append([bytes, ...fileRoom.zeros]);
      await file.sync();
      await file.close();
      file = await storage.open(draft, 'overwrite');
      // The same bytes again: whatever survives a loss of power is the header.
      await file.append([bytes]);
      // A storage that mistakes the mode for another one would write groups behind the zeros.
      if ((await file.size()) !== fileRoom.sizeBytes) throw notOverwritten();
      await storage.rename(draft, path);
      await storage.syncDirectory(directory);
      return new SegmentWriter(file, header, fileRoom);
    } catch (error) {
      await removeRemains(storage, file, [draft, path]);
      throw error;
    }
  }

  /**
   * Like `create`, in the file of a removed segment at `sparePath`: the file gets the segment's name once the header is
   * durable, so that this name never shows another header. After a throw, the spare file is removed as far as possible,
   * and the number must not be used again either.
   */
  static async overwrite(
    { storage, directory }: SegmentPlace,
    header: SegmentHeader,
    { sparePath, room }: { readonly sparePath: string; readonly room: RoomOptions },
  ): Promise<SegmentWriter> {
    const path = join(directory, segmentFileName(header.number));
    let file: StorageFile | undefined;
    try {
      file = await storage.open(sparePath, 'overwrite');
      const bytes = encodeHeader(header);
      await file.append([bytes]);
      await file.sync();
      // A storage that mistakes the mode for another one would leave the old header there.
      const isWritten = bytes.equals(await file.readAt(0, HEADER_BYTES));
      if (!isWritten) throw notOverwritten();
      const sizeBytes = await file.size();
      await storage.rename(sparePath, path);
      await storage.syncDirectory(directory);
      return new SegmentWriter(file, header, new FileRoom(storage, path, room, sizeBytes));
    } catch (error) {
      await removeRemains(storage, file, [sparePath, path]);
      throw error;
    }
  }

  get content(): SegmentContent {
    return { number: this.#header.number, endBytes: this.#endBytes, newestMs: this.#newestMs };
  }

  /**
   * Writes the entries and resolves with their offsets once the entries have the durability of the log. After a throw,
   * the content is unchanged, and `cutBack` reports whether the disk agrees.
   *
   * @param onWaiting Called when the only remaining work is waiting for the disk.
   */
  async write(entries: readonly EntryToWrite[], onWaiting: () => void): Promise<readonly number[]> {
    this.#assertOpen();
    const { buffers, offsets, endBytes } = this.#encode(entries);
    if (await this.#hasRoom(endBytes)) await this.#appendDurably(buffers, onWaiting);
    else await this.#append(buffers, onWaiting);
    this.#room?.grewTo(endBytes);
    this.#endBytes = endBytes;
    for (const { timeMs } of entries) this.#newestMs = Math.max(this.#newestMs, timeMs);
    return offsets;
  }

  /**
   * After a failed write: cuts the group off and closes the file. True when the cut is durable. Never attempted after a
   * failed sync: another sync of the same file would prove nothing.
   *
   * @throws a permanent refusal of the disk, after closing the file.
   */
  async cutBack(): Promise<boolean> {
    let isCut = false;
    let denied: Error | undefined;
    if (this.#state === 'append failed') {
      try {
        await this.#file.truncate(this.#endBytes);
        await this.#file.sync();
        isCut = true;
      } catch (error) {
        // The answer reports the failure; the writers receive the first error.
        denied = engineStopper(error);
      }
    }
    this.#state = 'done';
    // All acknowledged entries are on the disk, so the outcome of closing is irrelevant.
    await this.#file.close().catch(() => undefined);
    if (denied !== undefined) throw denied;
    return isCut;
  }

  /** Closes a segment that will be continued by another one. Unsynced entries are synced first. */
  async finish(): Promise<void> {
    this.#assertOpen();
    try {
      if (!this.#isSynced) await this.#sync();
      // Nothing depends on the cut, because the next segment contains the end of this one. But the file then has its
      // true size.
      if (this.#room !== undefined) await this.#file.truncate(this.#endBytes);
    } finally {
      this.#state = 'done';
      await this.#file.close();
    }
  }

  /** Ends the last segment of a log: everything is synced, then a seal marks the end. */
  async seal(): Promise<void> {
    this.#assertOpen();
    try {
      if (!this.#isSynced) await this.#sync();
      // Recovery looks for a seal at the end of the file.
      if (this.#room !== undefined) await this.#file.truncate(this.#endBytes);
      await this.#file.append([sealFrame(this.#header.salt, this.content)]);
      await this.#sync();
    } finally {
      this.#state = 'done';
      await this.#file.close();
    }
  }

  /** True when the group ends inside the file, perhaps after adding room. */
  async #hasRoom(endBytes: number): Promise<boolean> {
    const room = this.#room;
    if (room === undefined || !this.#header.isSynced) return false;
    if (room.isWorthwhile(endBytes - this.#endBytes, endBytes)) {
      this.#state = 'append failed';
      await room.add(() => (this.#state = 'sync failed'));
      this.#state = 'open';
    }
    return endBytes <= room.sizeBytes;
  }

  async #append(buffers: readonly Uint8Array[], onWaiting: () => void): Promise<void> {
    this.#state = 'append failed';
    await this.#file.append(buffers);
    this.#isSynced = false;
    if (this.#header.isSynced) await this.#sync(onWaiting);
    this.#state = 'open';
  }

  /** A failure may be one of the sync, whatever the error says. */
  async #appendDurably(buffers: readonly Uint8Array[], onWaiting: () => void): Promise<void> {
    if (this.#file.appendDurably === undefined) return this.#append(buffers, onWaiting);
    this.#state = 'sync failed';
    const appending = this.#file.appendDurably(buffers);
    onWaiting();
    await appending;
    this.#state = 'open';
  }

  async #sync(onWaiting?: () => void): Promise<void> {
    this.#state = 'sync failed';
    const syncing = this.#file.sync();
    onWaiting?.();
    await syncing;
    this.#state = 'open';
    this.#isSynced = true;
  }

  #encode(entries: readonly EntryToWrite[]) {
    const heads = Buffer.allocUnsafe(entries.length * FRAME_BYTES);
    const buffers: Uint8Array[] = [];
    const offsets: number[] = [];
    const { salt } = this.#header;
    const groupOffset = this.#endBytes;
    let offset = groupOffset;
    for (const [index, { parts, timeMs, payloadBytes, payloadSum }] of entries.entries()) {
      const at = index * FRAME_BYTES;
      encodeFrame(heads, at, { kind: 'record', salt, offset, groupOffset, timeMs, payloadBytes, payloadSum });
      buffers.push(heads.subarray(at, at + FRAME_BYTES));
      for (const part of parts) buffers.push(part);
      offsets.push(offset);
      offset += FRAME_BYTES + payloadBytes;
    }
    return { buffers, offsets, endBytes: offset };
  }

  #assertOpen(): void {
    if (this.#state !== 'open') {
      throw new TypeError(`segment ${this.#header.number} is not written to any more: ${this.#state}`);
    }
  }
}

async function removeRemains(
  storage: Storage,
  file: StorageFile | undefined,
  paths: readonly string[],
): Promise<void> {
  await file?.close().catch(() => undefined);
  for (const path of paths) await storage.remove(path).catch(() => undefined);
}

function notOverwritten(): Error {
  return new TypeError('the storage does not write over a file');
}

/** The frame that ends a log after this content. */
export function sealFrame(salt: number, { endBytes, newestMs }: SegmentContent): Buffer {
  const frame = Buffer.allocUnsafe(FRAME_BYTES);
  encodeFrame(frame, 0, {
    kind: 'seal',
    salt,
    offset: endBytes,
    groupOffset: endBytes,
    timeMs: newestMs,
    payloadBytes: 0,
    payloadSum: payloadChecksum([]),
  });
  return frame;
}

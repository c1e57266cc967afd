// One segment during writing: header first, then group after group, each with one append and one sync. After a failure
// the segment accepts nothing more (WAL-3); only cutting the failed group off remains possible.
//
// The file is new, or the overwritten file of a removed segment: old bytes stay behind its end until they are cut off
// at the end of the segment.
import { join } from 'node:path';
import type { Storage, StorageFile } from '@millrace/core';
import { engineStopper, PRIVATE_FILE } from '@millrace/core/engine';
import {
  encodeFrame,
  encodeHeader,
  FRAME_BYTES,
  HEADER_BYTES,
  payloadChecksum,
  type SegmentHeader,
} from './log-format.ts';
import { segmentFileName } from './segment-name.ts';

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

/** Writes one segment. One call at a time. */
export class SegmentWriter {
  readonly #file: StorageFile;
  readonly #header: SegmentHeader;
  readonly #isReused: boolean;
  #endBytes = HEADER_BYTES;
  #newestMs = Number.NEGATIVE_INFINITY;
  #isSynced = true;
  #state: 'open' | 'append failed' | 'sync failed' | 'done' = 'open';

  private constructor(
    file: StorageFile,
    header: SegmentHeader,
    { isReused }: { readonly isReused: boolean },
  ) {
    this.#file = file;
    this.#header = header;
    this.#isReused = isReused;
  }

  /**
   * Makes the file, and makes header and name durable before anything follows. After a throw the file may still exist,
   * now or after a loss of power: its number must not be used again in this life of the log.
   */
  static async create(storage: Storage, directory: string, header: SegmentHeader): Promise<SegmentWriter> {
    const path = join(directory, segmentFileName(header.number));
    const file = await storage.open(path, 'create', PRIVATE_FILE);
    try {
      await file.append([encodeHeader(header)]);
      await file.sync();
      await storage.syncDirectory(directory);
      return new SegmentWriter(file, header, { isReused: false });
    } catch (error) {
      // The remains are void, according to the next segment's header. Removing the file only saves a later clean-up.
      await file.close().catch(() => undefined);
      await storage.remove(path).catch(() => undefined);
      throw error;
    }
  }

  /**
   * Like `create`, in the file of a removed segment at `sparePath`: the file gets the segment's name once the header is
   * durable, so that this name never shows another header. After a throw, the spare file is removed as far as possible,
   * and the number must not be used again either.
   */
  static async overwrite(
    storage: Storage,
    directory: string,
    header: SegmentHeader,
    sparePath: string,
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
      if (!isWritten) throw new TypeError('the storage does not write over a file');
      await storage.rename(sparePath, path);
      await storage.syncDirectory(directory);
      return new SegmentWriter(file, header, { isReused: true });
    } catch (error) {
      await file?.close().catch(() => undefined);
      for (const left of [sparePath, path]) await storage.remove(left).catch(() => undefined);
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
    this.#state = 'append failed';
    await this.#file.append(buffers);
    this.#isSynced = false;
    if (this.#header.isSynced) await this.#sync(onWaiting);
    this.#state = 'open';
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
      if (this.#isReused) await this.#file.truncate(this.#endBytes);
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
      if (this.#isReused) await this.#file.truncate(this.#endBytes);
      await this.#file.append([sealFrame(this.#header.salt, this.content)]);
      await this.#sync();
    } finally {
      this.#state = 'done';
      await this.#file.close();
    }
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

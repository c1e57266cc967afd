// A write-ahead log in files. This class joins the parts: the writer with group commit, the readers, the clean-up.
// log-format.ts describes the bytes on disk and the reasons for their safety.
import { dirname, join } from 'node:path';
import type {
  Clock,
  LogHandle,
  Logger,
  LogRecord,
  RandomSource,
  Storage,
  WriteAheadLog,
} from '@millrace/core';
import { coreError } from '@millrace/core';
import { type LogEntry, validateOptions } from '@millrace/core/engine';
import type { LogGauges } from '@millrace/core/observation';
import { makeDurableDirectory } from './make-durable-directory.ts';
import { GroupCommit, type WriteCounts } from './group-commit.ts';
import { FreeSpace } from './free-space.ts';
import { PAYLOAD_BYTES_MAX } from './log-format.ts';
import { oneByOne } from './one-by-one.ts';
import { type LogDamage, readLog } from './read-log.ts';
import { recoverLog } from './recover-log.ts';
import { SegmentCatalog } from './segment-catalog.ts';
import type { LogSegment } from './segment-chain.ts';
import { SegmentCleanup } from './segment-cleanup.ts';
import { checkedLogName, segmentNumber, segmentReference } from './segment-name.ts';
import { SegmentReaders } from './segment-readers.ts';
import { SegmentRoller } from './segment-roller.ts';
import { SpareSegment } from './spare-segment.ts';
import { corruptRecord } from './log-failures.ts';
import { walError } from './wal-errors.ts';
import { type FileLogOptions, fileLogOptionsSchema } from './file-write-ahead-log.options.ts';

/** Collaborators of a file log. */
export interface FileWriteAheadLogDeps {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly log: Logger;
  /** The directory in which logs have their folders. */
  readonly root: string;
  /** The name of the log and of its folder. */
  readonly name: string;
  /** Absent options have their defaults; see `fileLogOptionsSchema`. */
  readonly options?: Partial<FileLogOptions>;
  /** True when segments are removed in any order, by `discard`. Default false. */
  readonly isSparse?: boolean;
}

/** The statistics of a log. */
export interface LogStatistics extends WriteCounts {
  readonly segments: number;
  /** The number of damaged places that `readAll` skipped, with `onCorrupt: 'skip'`. */
  readonly skippedPlaces: number;
  /** The number of skipped bytes, as far as known. */
  readonly skippedBytes: number;
}

/**
 * The log of one name. Made by `open`, which takes the lock and settles the end left by an earlier process.
 *
 * Beyond the contract: `writeParts` accepts a payload in pieces; `segments` and `discard` clean a sparse log segment by
 * segment. Payloads are not copied: a payload must not change before its write is settled. `readAll` returns payloads
 * that share the memory of one read; copy a payload before storing it for long.
 */
export class FileWriteAheadLog implements WriteAheadLog {
  readonly #setup: FileWriteAheadLogDeps;
  readonly #directory: string;
  readonly #onCorrupt: FileLogOptions['onCorrupt'];
  readonly #missing: readonly number[];
  readonly #unlock: () => Promise<void>;
  readonly #catalog: SegmentCatalog;
  readonly #commit: GroupCommit;
  readonly #readers: SegmentReaders;
  readonly #cleanup: SegmentCleanup;
  readonly #spare: SpareSegment;
  readonly #room: FreeSpace;
  readonly #isSynced: boolean;
  #skipped = { places: 0, bytes: 0 };
  #closed: Promise<void> | undefined;

  private constructor(setup: FileWriteAheadLogDeps, opened: OpenedLog) {
    const { storage, clock, log, root, name, isSparse = false } = setup;
    const { directory, catalog, options } = opened;
    this.#setup = setup;
    this.#directory = directory;
    this.#onCorrupt = options.onCorrupt;
    this.#missing = opened.missing;
    this.#unlock = opened.unlock;
    this.#catalog = catalog;
    const { segmentBytes, sync: isSynced, closeFileAfterWrite } = options;
    // Only syncs gain from bytes that are in the file already, and only syncs prove the age of the bytes.
    const isAllowed = isSynced && !closeFileAfterWrite;
    const spare = new SpareSegment({ storage, log, directory, segmentBytes, isAllowed });
    this.#spare = spare;
    const room = new FreeSpace({ storage, directory });
    this.#room = room;
    this.#isSynced = isSynced;
    room.look();
    const stepBytes = Math.min(options.preallocateBytes, segmentBytes);
    const hasRoom = isAllowed && stepBytes > 0;
    const fileRoom = hasRoom ? { stepBytes, maxBytes: segmentBytes } : undefined;
    const files = { spare, room, fileRoom };
    const roller = new SegmentRoller({ ...setup, ...options, ...opened, ...files, isSparse, isSynced });
    this.#commit = new GroupCommit({ ...options, roller, catalog, clock, log, logName: name });
    this.#readers = new SegmentReaders(storage, root, (segment) => this.#isForeign(segment));
    const onRemoved = (number: number) => this.#readers.forget(segmentReference(name, number));
    this.#cleanup = new SegmentCleanup({ storage, directory, catalog, isSparse, spare, onRemoved });
  }

  /**
   * Opens a log, and makes a missing folder.
   *
   * @throws `MR_STORAGE_LOCKED` while another process has the log open, `MR_WAL_UNSUPPORTED_FORMAT`,
   *   `MR_WAL_INVALID_NAME`, `MR_CONFIG_INVALID_OPTION`, and any error of the storage.
   */
  static async open(setup: FileWriteAheadLogDeps): Promise<FileWriteAheadLog> {
    const { storage, root, name, log } = setup;
    const { options } = validateOptions({
      owner: `log ${name}`,
      schema: fileLogOptionsSchema,
      secrets: [],
      input: setup.options,
    });
    const directory = join(root, checkedLogName(name));
    await makeDurableDirectory(storage, { root, path: directory, log });
    const unlock = await storage.lock(join(directory, 'lock'));
    try {
      const { segments, missing } = await recoverLog(storage, directory, log);
      const catalog = new SegmentCatalog(segments);
      return new FileWriteAheadLog(setup, { directory, options, unlock, catalog, missing });
    } catch (error) {
      await unlock();
      throw error;
    }
  }

  write(payload: Uint8Array, timeMs: number): Promise<LogHandle> {
    return this.writeParts([payload], timeMs);
  }

  /** Like `write`, for a payload in pieces: the pieces are written one behind the other, without joining them first. */
  writeParts(parts: readonly Uint8Array[], timeMs: number): Promise<LogHandle> {
    if (!Number.isFinite(timeMs))
      return Promise.reject(new TypeError(`a time is a finite number, got ${timeMs}`));
    let payloadBytes = 0;
    for (const part of parts) payloadBytes += part.byteLength;
    if (payloadBytes > PAYLOAD_BYTES_MAX) return Promise.reject(tooLarge(payloadBytes));
    return this.#commit.write({ parts, timeMs, payloadBytes });
  }

  read(handle: LogHandle): Promise<Uint8Array> {
    if (this.#closed !== undefined) return Promise.reject(readAfterClose());
    return this.#readers.read(handle);
  }

  /**
   * True when the entry is in a log with the same root directory, and both logs sync, or neither. Keeps no file open.
   *
   * @throws like `read`.
   */
  async readsAlike({ handle, payload }: LogEntry): Promise<boolean> {
    if (this.#closed !== undefined) throw readAfterClose();
    const { storage, root } = this.#setup;
    const readers = new SegmentReaders(storage, root, () => false);
    try {
      const isThis = Buffer.compare(await readers.read(handle), payload) === 0;
      return isThis && (await readers.isSynced(handle.segment)) === this.#isSynced;
    } finally {
      await readers.close();
    }
  }

  readAll(): AsyncIterable<LogRecord> {
    return oneByOne(this.#readAll());
  }

  clean(thresholdMs: number): Promise<void> {
    if (this.#closed !== undefined) return Promise.reject(readAfterClose());
    return this.#cleanup.clean(thresholdMs);
  }

  /** The existing segments, by the names in handles, oldest first. */
  segments(): readonly string[] {
    return this.#catalog.all().map(({ number }) => segmentReference(this.#setup.name, number));
  }

  /** Removes segments, except the newest. @throws `TypeError` on a log that is not sparse. */
  async discard(segments: readonly string[]): Promise<void> {
    if (this.#setup.isSparse !== true)
      throw new TypeError(`log ${this.#setup.name} is not sparse: use clean`);
    if (this.#closed !== undefined) throw readAfterClose();
    const own = segments.filter((segment) => dirname(segment) === this.#setup.name);
    const numbers = own.flatMap((segment) => segmentNumber(segment.slice(this.#setup.name.length + 1)) ?? []);
    await this.#cleanup.discard(new Set(numbers));
  }

  /** The statistics of the log. */
  statistics(): LogStatistics {
    const { places, bytes } = this.#skipped;
    const segments = this.#catalog.all().length;
    return { ...this.#commit.counts, segments, skippedPlaces: places, skippedBytes: bytes };
  }

  gauges(): LogGauges {
    const segments = this.#catalog.all();
    const syncMs = this.#commit.syncDurations;
    const { groups, failedGroups } = this.#commit.counts;
    const roomBytes = this.#room.bytes;
    // The size of a segment that could not be cut back counts as infinite.
    const bytesOf = ({ sizeBytes, endBytes }: LogSegment) =>
      Number.isFinite(sizeBytes) ? sizeBytes : (endBytes ?? 0);
    return {
      kind: 'file',
      sizeBytes: segments.reduce((sum, segment) => sum + bytesOf(segment), this.#spare.sizeBytes),
      segments: segments.length,
      syncs: this.#isSynced ? groups : 0,
      errors: failedGroups,
      unconfirmed: this.#commit.unconfirmed,
      ...(syncMs === undefined ? {} : { syncMs }),
      ...(roomBytes === undefined ? {} : { roomBytes }),
    };
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async *#readAll(): AsyncGenerator<readonly LogRecord[], void, void> {
    if (this.#closed !== undefined) throw readAfterClose();
    const { storage, name } = this.#setup;
    const segments = this.#catalog.all();
    const isRemoved = (number: number) => !this.#catalog.has(number);
    const source = {
      storage,
      directory: this.#directory,
      logName: name,
      segments,
      missing: this.#missing,
      isRemoved,
    };
    for await (const item of readLog(source)) {
      if (item.kind === 'records') yield item.records;
      else this.#onDamage(item.damage);
    }
  }

  async #close(): Promise<void> {
    try {
      await this.#commit.close();
      await this.#cleanup.close();
      await this.#spare.close();
      await this.#readers.close();
    } finally {
      await this.#unlock();
    }
  }

  #isForeign(segment: string): boolean {
    const { name } = this.#setup;
    const foreign = this.#catalog.all().filter(({ isForeign }) => isForeign === true);
    return foreign.some(({ number }) => segmentReference(name, number) === segment);
  }

  #onDamage(damage: LogDamage): void {
    if (this.#onCorrupt === 'fail') throw corruptRecord(damage, `${damage.what} cannot be read`);
    const { places, bytes } = this.#skipped;
    this.#skipped = { places: places + 1, bytes: bytes + damage.endOffset - damage.offset };
    this.#setup.log.warn('damage in a log was skipped', { ...damage });
  }
}

interface OpenedLog {
  readonly directory: string;
  readonly options: FileLogOptions;
  readonly unlock: () => Promise<void>;
  readonly catalog: SegmentCatalog;
  readonly missing: readonly number[];
}

function tooLarge(payloadBytes: number): Error {
  return walError(
    'MR_WAL_RECORD_TOO_LARGE',
    `an entry of a log has at most ${PAYLOAD_BYTES_MAX} bytes, got ${payloadBytes}: cut smaller blocks`,
    { details: { payloadBytes, payloadBytesMax: PAYLOAD_BYTES_MAX } },
  );
}

function readAfterClose(): Error {
  return coreError('MR_WAL_CLOSED', 'the log is closed: open it again');
}

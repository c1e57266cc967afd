// The segment of the next group. A segment is continued until the segment is large or old enough, or has failed; then a
// new one is begun. From the moment at which a successor may be on the disk its predecessor is never written again,
// after any outcome of the successor: the successor's header contains the end of the predecessor.
import type { Clock, Logger, RandomSource, Storage } from '@millrace/core';
import { segmentPath } from './log-directory.ts';
import type { FreeSpace } from './free-space.ts';
import type { RoomOptions } from './file-room.ts';
import { HEADER_BYTES, type SegmentHeader } from './log-format.ts';
import { SEGMENT_NUMBER_MAX, segmentFileName } from './segment-name.ts';
import type { SegmentCatalog } from './segment-catalog.ts';
import type { LogSegment } from './segment-chain.ts';
import { type SegmentContent, SegmentWriter } from './segment-writer.ts';
import type { SpareSegment } from './spare-segment.ts';

/** Collaborators of a `SegmentRoller`. */
export interface SegmentRollerDeps {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly log: Logger;
  readonly directory: string;
  readonly catalog: SegmentCatalog;
  readonly spare: SpareSegment;
  readonly room: FreeSpace;
  /** The room in files of segments; undefined: files have the size of their content. */
  readonly fileRoom: RoomOptions | undefined;
  readonly segmentBytes: number;
  readonly segmentMs: number;
  readonly isSynced: boolean;
  readonly isSparse: boolean;
}

/** A file that gets no more room than it has. */
const NO_ROOM: RoomOptions = { stepBytes: 0, maxBytes: 0 };

/** Selects the segment of each group. One call at a time. */
export class SegmentRoller {
  readonly #deps: SegmentRollerDeps;
  #current: { readonly writer: SegmentWriter; readonly begunMs: number } | undefined;
  #nextNumber: number;

  constructor(deps: SegmentRollerDeps) {
    this.#deps = deps;
    this.#nextNumber = (deps.catalog.newest()?.number ?? 0) + 1;
  }

  /**
   * The segment for the next group. A throw means that nothing relevant was written.
   *
   * @throws any error of the storage when a new segment cannot be begun.
   */
  async forGroup(): Promise<SegmentWriter> {
    if (this.#current !== undefined && this.#isDue(this.#current)) await this.finish();
    return this.#current?.writer ?? this.begin();
  }

  /** Begins a segment after the last relevant one. The header is durable when the promise resolves. */
  async begin(): Promise<SegmentWriter> {
    const { clock, room } = this.#deps;
    const writer =
      (await this.#beginInSpare()) ?? (await this.#beginWithRoom()) ?? (await this.#beginInNewFile());
    this.#current = { writer, begunMs: clock.monotonicMs() };
    room.look();
    return writer;
  }

  /**
   * Abandons the current segment after a failed write. True: the failed group is certainly not in the segment. False:
   * only a successor can end the segment.
   *
   * @throws a permanent refusal of the disk; then, too, only a successor can end the segment.
   */
  async abandon(): Promise<boolean> {
    const writer = this.#takeCurrent();
    if (writer === undefined) return true;
    let isCertain = false;
    try {
      isCertain = await writer.cutBack();
    } finally {
      if (!isCertain) this.#deps.catalog.markUncut(writer.content.number);
    }
    return isCertain;
  }

  /** Closes the current segment, if any; the next group begins another one. */
  async finish(): Promise<void> {
    const writer = this.#takeCurrent();
    if (writer === undefined) return;
    // Without syncs, entries were only guaranteed to survive the process; with syncs, all entries are on the disk
    // already.
    await writer.finish().catch((error: unknown) => {
      this.#deps.catalog.markUncut(writer.content.number);
      this.#warn('a segment could not be closed in order', writer, error);
    });
  }

  /** Ends the log with a seal. Without one, the next opening finds the end by reading. */
  async seal(): Promise<void> {
    const writer = this.#takeCurrent();
    if (writer === undefined) return;
    await writer.seal().catch((error: unknown) => this.#warn('a log could not be sealed', writer, error));
  }

  #beginInNewFile(): Promise<SegmentWriter> {
    const { storage, directory } = this.#deps;
    const header = this.#nextHeader();
    return this.#create(header, () => SegmentWriter.create({ storage, directory }, header));
  }

  /**
   * Undefined: there is to be no room, the disk has none, or the storage does not write over files. Room causes no
   * failure, only the loss of a number.
   */
  async #beginWithRoom(): Promise<SegmentWriter | undefined> {
    const { storage, directory, fileRoom: room, log } = this.#deps;
    if (room === undefined) return undefined;
    const header = this.#nextHeader();
    try {
      return await this.#create(header, () =>
        SegmentWriter.createWithRoom({ storage, directory }, header, room),
      );
    } catch (error) {
      log.debug('a segment gets no room in advance', { segment: segmentFileName(header.number), error });
      return undefined;
    }
  }

  /**
   * Undefined: there is no spare file, or the file is unusable. A spare file causes no failure, only the loss of a
   * number.
   */
  async #beginInSpare(): Promise<SegmentWriter | undefined> {
    const { storage, directory, spare, fileRoom: room = NO_ROOM, log } = this.#deps;
    const taken = spare.take();
    if (taken === undefined) return undefined;
    try {
      const header = this.#nextHeader({ saltBefore: taken.salt });
      return await this.#create(header, () =>
        SegmentWriter.overwrite({ storage, directory }, header, { sparePath: taken.path, room }),
      );
    } catch (error) {
      log.warn('the file of a removed segment could not be used again', { path: taken.path, error });
      return undefined;
    } finally {
      spare.used();
    }
  }

  async #create(header: SegmentHeader, create: () => Promise<SegmentWriter>): Promise<SegmentWriter> {
    const { storage, directory, catalog } = this.#deps;
    try {
      const writer = await create();
      catalog.add(emptySegment(header, { isVoid: false }));
      return writer;
    } catch (error) {
      // The remains of the segment have to be removed before the segment that skips it, so clean-up must know the
      // segment.
      const isGone = await storage.stat(segmentPath(directory, header.number)).then(
        (entry) => entry === undefined,
        () => false,
      );
      if (!isGone) catalog.add(emptySegment(header, { isVoid: true }));
      throw error;
    }
  }

  #takeCurrent(): SegmentWriter | undefined {
    const writer = this.#current?.writer;
    this.#current = undefined;
    return writer;
  }

  #isDue({ writer, begunMs }: { readonly writer: SegmentWriter; readonly begunMs: number }): boolean {
    const { segmentBytes, segmentMs, clock } = this.#deps;
    const { endBytes } = writer.content;
    if (endBytes === HEADER_BYTES) return false;
    return endBytes >= segmentBytes || clock.monotonicMs() - begunMs >= segmentMs;
  }

  /** @param saltBefore The salt of the previous segment in the file: its remains must not pass for new entries. */
  #nextHeader({ saltBefore = 0 }: { readonly saltBefore?: number } = {}): SegmentHeader {
    const { catalog, clock, random, isSynced, isSparse } = this.#deps;
    const previous = catalog.all().findLast(({ isVoid }) => !isVoid);
    const number = this.#nextNumber;
    if (number > SEGMENT_NUMBER_MAX) throw new RangeError(`a log has at most ${SEGMENT_NUMBER_MAX} segments`);
    // Used up even when creating fails: the file may exist after a loss of power.
    this.#nextNumber += 1;
    return {
      number,
      createdMs: clock.now(),
      previousNumber: previous?.number ?? 0,
      // Only the size of an unreadable segment is known, and the size may be anything.
      previousEndBytes: Math.min(previous?.endBytes ?? 0, 2 ** 32 - 1),
      previousSalt: previous?.header?.salt ?? 0,
      previousNewestMs: previous === undefined ? Number.NEGATIVE_INFINITY : (previous.newestMs ?? Number.NaN),
      salt: drawSalt(random, saltBefore),
      isSynced,
      isSparse,
    };
  }

  #warn(message: string, { content }: { readonly content: SegmentContent }, error: unknown): void {
    this.#deps.log.warn(message, { segment: segmentFileName(content.number), error });
  }
}

function drawSalt(random: RandomSource, saltBefore: number): number {
  for (;;) {
    const salt = 1 + random.integer(2 ** 32 - 1);
    if (salt !== saltBefore) return salt;
  }
}

function emptySegment(header: SegmentHeader, { isVoid }: { readonly isVoid: boolean }): LogSegment {
  const { number } = header;
  const newestMs = Number.NEGATIVE_INFINITY;
  return { number, header, sizeBytes: HEADER_BYTES, isVoid, endBytes: HEADER_BYTES, newestMs };
}

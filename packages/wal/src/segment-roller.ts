// Which segment the next group goes to. A segment is continued until it is large or old enough, or has failed; then a
// new one is begun. From the moment a successor may be on the disk its predecessor is never written again, whatever
// becomes of the successor: its header says where the predecessor ended.
import type { Clock, Logger, RandomSource, Storage } from '@millrace/core';
import { segmentPath } from './log-directory.ts';
import { HEADER_BYTES, type SegmentHeader } from './log-format.ts';
import { SEGMENT_NUMBER_MAX, segmentFileName } from './segment-name.ts';
import type { SegmentCatalog } from './segment-catalog.ts';
import type { LogSegment } from './segment-chain.ts';
import { type SegmentContent, SegmentWriter } from './segment-writer.ts';
import type { SpareSegment } from './spare-segment.ts';

/** What a `SegmentRoller` works with. */
export interface SegmentRollerDeps {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly log: Logger;
  readonly directory: string;
  readonly catalog: SegmentCatalog;
  readonly spare: SpareSegment;
  readonly segmentBytes: number;
  readonly segmentMs: number;
  readonly isSynced: boolean;
  readonly isSparse: boolean;
}

/** Gives each group its segment. One call at a time. */
export class SegmentRoller {
  readonly #parts: SegmentRollerDeps;
  #current: { readonly writer: SegmentWriter; readonly begunMs: number } | undefined;
  #nextNumber: number;

  constructor(parts: SegmentRollerDeps) {
    this.#parts = parts;
    this.#nextNumber = (parts.catalog.newest()?.number ?? 0) + 1;
  }

  /**
   * The segment for the next group. When it throws, nothing was written anywhere that counts.
   *
   * @throws what the storage throws when a new segment cannot be begun.
   */
  async forGroup(): Promise<SegmentWriter> {
    if (this.#current !== undefined && this.#isDue(this.#current)) await this.finish();
    return this.#current?.writer ?? this.begin();
  }

  /** Begins a segment after the last one that counts. Its header is durable when this resolves. */
  async begin(): Promise<SegmentWriter> {
    const { clock } = this.#parts;
    const writer = (await this.#beginInSpare()) ?? (await this.#beginInNewFile());
    this.#current = { writer, begunMs: clock.monotonicMs() };
    return writer;
  }

  /**
   * Gives the current segment up after a failed write. True: the failed group is certainly not in it. False: only a
   * successor can say so.
   */
  async abandon(): Promise<boolean> {
    const writer = this.#takeCurrent();
    if (writer === undefined) return true;
    const isCertain = await writer.cutBack();
    if (!isCertain) this.#parts.catalog.markUncut(writer.content.number);
    return isCertain;
  }

  /** Closes the current segment, if any; the next group begins another one. */
  async finish(): Promise<void> {
    const writer = this.#takeCurrent();
    if (writer === undefined) return;
    // Without syncs, entries were only promised to survive the process; with them, all is on the disk already.
    await writer.finish().catch((error: unknown) => {
      this.#parts.catalog.markUncut(writer.content.number);
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
    const { storage, directory } = this.#parts;
    const header = this.#nextHeader();
    return this.#create(header, () => SegmentWriter.create(storage, directory, header));
  }

  /** Undefined: there is no spare file, or it is of no use. Nothing fails because of one; it costs a number. */
  async #beginInSpare(): Promise<SegmentWriter | undefined> {
    const { storage, directory, spare, log } = this.#parts;
    const taken = spare.take();
    if (taken === undefined) return undefined;
    try {
      const header = this.#nextHeader({ saltBefore: taken.salt });
      return await this.#create(header, () =>
        SegmentWriter.overwrite(storage, directory, header, taken.path),
      );
    } catch (error) {
      log.warn('the file of a removed segment could not be used again', { path: taken.path, error });
      return undefined;
    } finally {
      spare.used();
    }
  }

  async #create(header: SegmentHeader, create: () => Promise<SegmentWriter>): Promise<SegmentWriter> {
    const { storage, directory, catalog } = this.#parts;
    try {
      const writer = await create();
      catalog.add(emptySegment(header, { isVoid: false }));
      return writer;
    } catch (error) {
      // What is left of it has to go before the segment that passes over it does, so clean-up must know it.
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
    const { segmentBytes, segmentMs, clock } = this.#parts;
    const { endBytes } = writer.content;
    if (endBytes === HEADER_BYTES) return false;
    return endBytes >= segmentBytes || clock.monotonicMs() - begunMs >= segmentMs;
  }

  /** @param saltBefore Of the segment that was in its file: what is left of that must not pass for its own. */
  #nextHeader({ saltBefore = 0 }: { readonly saltBefore?: number } = {}): SegmentHeader {
    const { catalog, clock, random, isSynced, isSparse } = this.#parts;
    const previous = catalog.all().findLast(({ isVoid }) => !isVoid);
    const number = this.#nextNumber;
    if (number > SEGMENT_NUMBER_MAX) throw new RangeError(`a log has at most ${SEGMENT_NUMBER_MAX} segments`);
    // Used up also when creating fails: nobody knows whether the file is there after a loss of power.
    this.#nextNumber += 1;
    return {
      number,
      createdMs: clock.now(),
      previousNumber: previous?.number ?? 0,
      // Of a segment that could not be read nothing is known but its size, which may be anything.
      previousEndBytes: Math.min(previous?.endBytes ?? 0, 2 ** 32 - 1),
      previousSalt: previous?.header?.salt ?? 0,
      previousNewestMs: previous === undefined ? Number.NEGATIVE_INFINITY : (previous.newestMs ?? Number.NaN),
      salt: drawSalt(random, saltBefore),
      isSynced,
      isSparse,
    };
  }

  #warn(message: string, { content }: { readonly content: SegmentContent }, error: unknown): void {
    this.#parts.log.warn(message, { segment: segmentFileName(content.number), error });
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

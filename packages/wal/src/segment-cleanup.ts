// Removes segments that nobody needs. A log that is replayed loses its oldest segments only, one after the other, each
// removal durable before the next: a replay never misses its middle, and a segment missing there is known to be lost.
// A sparse log, read by handle only, loses them in any order.
import type { Storage } from '@millrace/core';
import { segmentPath } from './log-directory.ts';
import type { SegmentCatalog } from './segment-catalog.ts';
import type { LogSegment } from './segment-chain.ts';
import type { SpareSegment } from './spare-segment.ts';

/** What a `SegmentCleanup` works with. */
export interface SegmentCleanupDeps {
  readonly storage: Storage;
  readonly directory: string;
  readonly catalog: SegmentCatalog;
  readonly isSparse: boolean;
  readonly spare: SpareSegment;
  /** Called for each segment that was removed. */
  readonly onRemoved: (number: number) => void;
}

/** Removes segments of one log, one request after the other. */
export class SegmentCleanup {
  readonly #parts: SegmentCleanupDeps;
  #last: Promise<void> = Promise.resolve();

  constructor(parts: SegmentCleanupDeps) {
    this.#parts = parts;
  }

  /** Removes what holds only entries with times below the threshold. @throws what the storage throws. */
  clean(thresholdMs: number): Promise<void> {
    return this.#inTurn(() => {
      const segments = this.#parts.catalog.all();
      return this.#remove((segment) => newestTime(segment, segments) < thresholdMs);
    });
  }

  /** Removes the segments with these numbers, as far as the log allows. @throws what the storage throws. */
  discard(numbers: ReadonlySet<number>): Promise<void> {
    return this.#inTurn(() => this.#remove(({ number, isVoid }) => isVoid || numbers.has(number)));
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    // Whoever asked for it has been told how it ended.
    await this.#last.catch(() => undefined);
  }

  #inTurn(run: () => Promise<void>): Promise<void> {
    // A request that failed does not stand in the way of the next one.
    this.#last = this.#last.catch(() => undefined).then(run);
    return this.#last;
  }

  async #remove(isOver: (segment: LogSegment) => boolean): Promise<void> {
    const { catalog, isSparse } = this.#parts;
    const segments = catalog.all();
    // Of the newest that counts the next header has to say where it ends, and where an older one does may be known to
    // nobody by then.
    const newest = segments.findLast(({ isVoid }) => !isVoid);
    let before: LogSegment | undefined;
    // The very newest is never removed: the next number is found by it.
    for (const segment of segments.slice(0, -1)) {
      const mayGo = segment !== newest && isOver(segment) && !endsAnother(segment, before);
      if (!mayGo && !isSparse) return;
      if (mayGo) await this.#removeOne(segment);
      else if (!segment.isVoid) before = segment;
    }
  }

  async #removeOne(segment: LogSegment): Promise<void> {
    const { storage, directory, catalog, spare, onRemoved } = this.#parts;
    const { number } = segment;
    // A file that was left in doubt must not be written again, and of those found at start nobody knows.
    const isKept = !catalog.wasFound(number) && (await spare.keep(segment));
    try {
      if (!isKept) await storage.remove(segmentPath(directory, number));
      await storage.syncDirectory(directory);
    } catch (error) {
      if (isKept) await spare.giveUp();
      throw error;
    }
    catalog.remove(number);
    onRemoved(number);
    // Not before: whoever reads other bytes in its file finds the segment gone.
    if (isKept) spare.arrived();
  }
}

/** The header of this segment is needed: more than entries may stand behind the end of the one before it. */
function endsAnother({ header, isVoid }: LogSegment, before: LogSegment | undefined): boolean {
  if (isVoid || before === undefined || header?.previousNumber !== before.number) return false;
  return before.endBytes === undefined || before.sizeBytes > before.endBytes;
}

/** Where nobody says it: a segment that cannot be read any more goes with the next one, another one stays. */
function newestTime(segment: LogSegment, segments: readonly LogSegment[]): number {
  if (segment.newestMs !== undefined) return segment.newestMs;
  if (segment.header !== undefined) return Number.POSITIVE_INFINITY;
  const next = segments.find(({ number, isVoid }) => number > segment.number && !isVoid);
  return next === undefined ? Number.POSITIVE_INFINITY : newestTime(next, segments);
}

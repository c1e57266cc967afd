// Removal of unneeded segments. A replayed log loses its oldest segments only, one after the other, each removal
// durable before the next: a replay never misses its middle, and a missing segment in the middle is known to be lost. A
// sparse log, read by handle only, loses segments in any order.
import type { Storage } from '@millrace/core';
import { segmentPath } from './log-directory.ts';
import type { SegmentCatalog } from './segment-catalog.ts';
import type { LogSegment } from './segment-chain.ts';
import type { SpareSegment } from './spare-segment.ts';

/** Collaborators of a `SegmentCleanup`. */
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
  readonly #deps: SegmentCleanupDeps;
  #last: Promise<void> = Promise.resolve();

  constructor(deps: SegmentCleanupDeps) {
    this.#deps = deps;
  }

  /** Removes segments whose entries all have times below the threshold. @throws any error of the storage. */
  clean(thresholdMs: number): Promise<void> {
    return this.#inTurn(() => {
      const segments = this.#deps.catalog.all();
      return this.#remove((segment) => newestTime(segment, segments) < thresholdMs);
    });
  }

  /** Removes the segments with these numbers, as far as the log permits. @throws any error of the storage. */
  discard(numbers: ReadonlySet<number>): Promise<void> {
    return this.#inTurn(() => this.#remove(({ number, isVoid }) => isVoid || numbers.has(number)));
  }

  /** Waits for pending removals. */
  async close(): Promise<void> {
    // The requesting code has received the outcome.
    await this.#last.catch(() => undefined);
  }

  #inTurn(run: () => Promise<void>): Promise<void> {
    // A failed request does not block the next one.
    this.#last = this.#last.catch(() => undefined).then(run);
    return this.#last;
  }

  async #remove(isOver: (segment: LogSegment) => boolean): Promise<void> {
    const { catalog, isSparse } = this.#deps;
    const segments = catalog.all();
    // The next header has to name the end of the newest relevant segment, and the end of an older one may be unknown by
    // then.
    const newest = segments.findLast(({ isVoid }) => !isVoid);
    let before: LogSegment | undefined;
    // The very newest segment is never removed: the next number follows from it.
    for (const segment of segments.slice(0, -1)) {
      const mayGo = segment !== newest && isOver(segment) && !endsAnother(segment, before);
      if (!mayGo && !isSparse) return;
      if (mayGo) await this.#removeOne(segment);
      else if (!segment.isVoid) before = segment;
    }
  }

  async #removeOne(segment: LogSegment): Promise<void> {
    const { storage, directory, catalog, spare, onRemoved } = this.#deps;
    const { number } = segment;
    // A file in doubt must not be overwritten, and files found at start are in doubt.
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
    // Not earlier: a reader of other bytes in the file then finds the segment gone.
    if (isKept) spare.arrived();
  }
}

/** The header of this segment is needed: more than entries may be behind the end of the previous segment. */
function endsAnother({ header, isVoid }: LogSegment, before: LogSegment | undefined): boolean {
  if (isVoid || before === undefined || header?.previousNumber !== before.number) return false;
  return before.endBytes === undefined || before.sizeBytes > before.endBytes;
}

/** With an unknown time: an unreadable segment is removed with the next one, any other segment stays. */
function newestTime(segment: LogSegment, segments: readonly LogSegment[]): number {
  if (segment.newestMs !== undefined) return segment.newestMs;
  if (segment.header !== undefined) return Number.POSITIVE_INFINITY;
  const next = segments.find(({ number, isVoid }) => number > segment.number && !isVoid);
  return next === undefined ? Number.POSITIVE_INFINITY : newestTime(next, segments);
}

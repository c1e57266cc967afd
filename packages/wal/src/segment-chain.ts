// What the headers of a log's segments say about each other. Each names the last segment before it in which entries
// may stand, where that one ends, and its newest time; so nearly everything about a segment is known without reading
// it. Pure: what was found goes in, what it means comes out.
import type { FoundSegment } from './log-directory.ts';
import { HEADER_BYTES, type SegmentHeader } from './log-format.ts';
import { foreignSegments } from './foreign-segments.ts';

/** A segment of a log, as far as it is known. */
export interface LogSegment {
  readonly number: number;
  readonly sizeBytes: number;
  /** Undefined: its header is damaged, or it is not of this log, and with that all it holds is lost. */
  readonly header: SegmentHeader | undefined;
  /** What has its name is no file. */
  readonly isNoFile?: boolean;
  /** Its header holds, but it does not belong here. */
  readonly isForeign?: boolean;
  /** It was begun and given up: there are no entries in it. */
  readonly isVoid: boolean;
  /** Where its entries end, in bytes; undefined: nobody says, it has to be found by reading. */
  readonly endBytes: number | undefined;
  /** The newest time in it, -Infinity when it has no entry; undefined: nobody says. */
  readonly newestMs: number | undefined;
}

/** A log as its headers describe it. */
export interface SegmentChain {
  /** By number, rising. */
  readonly segments: readonly LogSegment[];
  /** Segments that a header names and that are gone although an older one is there. */
  readonly missing: readonly number[];
}

/** Joins what was found, which is sorted by number. */
export function linkSegments(found: readonly FoundSegment[]): SegmentChain {
  const foreign = foreignSegments(found);
  const segments: LogSegment[] = [];
  const missing: number[] = [];
  /** The header of the next segment that counts. */
  let next: SegmentHeader | undefined;
  for (const one of found.toReversed()) {
    const isForeign = foreign.has(one.number);
    const segment = isForeign ? { ...one, header: undefined, isForeign } : one;
    if (isGivenUp(segment, next, segments)) {
      segments.push({ ...segment, isVoid: true, endBytes: HEADER_BYTES, newestMs: Number.NEGATIVE_INFINITY });
      continue;
    }
    if (next !== undefined && next.previousNumber > segment.number && !next.isSparse) {
      missing.push(next.previousNumber);
    }
    segments.push({ ...segment, isVoid: false, ...toldBy(next, segment) });
    next = segment.header;
  }
  return { segments: segments.toReversed(), missing: missing.toReversed() };
}

/** A later header passes over it; or it is the newest and its creation was never finished. */
function isGivenUp(
  segment: FoundSegment & Pick<LogSegment, 'isForeign'>,
  next: SegmentHeader | undefined,
  later: readonly LogSegment[],
): boolean {
  if (next !== undefined) return segment.number > next.previousNumber;
  const isNewest = later.every(({ isVoid }) => isVoid);
  const isUnfinished =
    segment.header === undefined && segment.isForeign !== true && segment.isNoFile !== true;
  return isNewest && isUnfinished && segment.sizeBytes <= HEADER_BYTES;
}

function toldBy(next: SegmentHeader | undefined, segment: FoundSegment) {
  if (next?.previousNumber === segment.number) {
    const newestMs = Number.isNaN(next.previousNewestMs) ? undefined : next.previousNewestMs;
    return { endBytes: next.previousEndBytes, newestMs };
  }
  // Without its own header nothing can be read, and without the next one nothing is known.
  return { endBytes: segment.header === undefined ? segment.sizeBytes : undefined, newestMs: undefined };
}

// The relations between the headers of a log's segments. Each header names the last earlier segment with possible
// entries, the end of that segment, and its newest time; nearly everything about a segment is therefore known without
// reading it. Pure: found segments in, their interpretation out.
import type { FoundSegment } from './log-directory.ts';
import { HEADER_BYTES, type SegmentHeader } from './log-format.ts';
import { foreignSegments } from './foreign-segments.ts';

/** A segment of a log, as far as it is known. */
export interface LogSegment {
  readonly number: number;
  readonly sizeBytes: number;
  /** Undefined: the header is damaged or from another log, and the content of the segment is lost. */
  readonly header: SegmentHeader | undefined;
  /** True when the entry of this name is not a file. */
  readonly isNoFile?: boolean;
  /** True for a valid header that does not belong to this log. */
  readonly isForeign?: boolean;
  /** True for a segment that was begun and abandoned: it has no entries. */
  readonly isVoid: boolean;
  /** The end of the entries, in bytes; undefined: unknown, to be found by reading. */
  readonly endBytes: number | undefined;
  /** The newest time in the segment, -Infinity without entries; undefined: unknown. */
  readonly newestMs: number | undefined;
}

/** A log as its headers describe it. */
export interface SegmentChain {
  /** By number, rising. */
  readonly segments: readonly LogSegment[];
  /** Segments that a header names and that are missing although an older segment exists. */
  readonly missing: readonly number[];
}

/** Joins the found segments, sorted by number. */
export function linkSegments(found: readonly FoundSegment[]): SegmentChain {
  const foreign = foreignSegments(found);
  const segments: LogSegment[] = [];
  const missing: number[] = [];
  /** The header of the next relevant segment. */
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

/** A later header skips the segment; or the segment is the newest and its creation was never finished. */
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
  // Without its own header nothing can be read, and without the next header nothing is known.
  return { endBytes: segment.header === undefined ? segment.sizeBytes : undefined, newestMs: undefined };
}

// Reads the frames of one segment from its first to its last byte, in large reads, in bounded memory. The scanner
// reports the content without judging it: the distinction between damage and a torn tail depends on further facts about
// the segment, known to the callers.
import type { StorageFile } from '@millrace/core';
import {
  FRAME_BYTES,
  type FoundFrame,
  HEADER_BYTES,
  readFrame,
  RECORD_MAGIC,
  type SegmentStretch,
} from './log-format.ts';

/** The size of one read, in bytes, unless a single frame is larger. */
const READ_BYTES = 2 * 1024 * 1024;

/** A run of frames, or a gap: bytes without a whole frame. */
export type ScanStep =
  | { readonly kind: 'frames'; readonly frames: readonly FoundFrame[] }
  | { readonly kind: 'gap'; readonly offset: number; readonly endOffset: number };

/** The input of a scan. */
export interface SegmentScan {
  readonly file: StorageFile;
  readonly salt: number;
  /** The end of the scan, in bytes: the segment's end, or the size of its file. */
  readonly limit: number;
  /** The size of one read; 2 MiB by default. */
  readonly readBytes?: number;
}

/**
 * The content of a segment, in order and without overlap, from behind its header up to the limit; gaps may follow each
 * other. Frames share the memory of their read, which is not used again: copy a small payload before storing it for
 * long.
 */
export async function* scanSegment(scan: SegmentScan): AsyncGenerator<ScanStep, void, void> {
  const { file, salt, readBytes = READ_BYTES } = scan;
  // A file shorter than expected ends in a gap, not in an error: the caller interprets the gap.
  const limit = Math.min(scan.limit, await file.size());
  let offset = HEADER_BYTES;
  let stretch: SegmentStretch = { bytes: Buffer.alloc(0), offset, salt, limit };
  while (offset < stretch.limit) {
    const run = framesFrom(stretch, offset);
    if (run.frames.length > 0) yield { kind: 'frames', frames: run.frames };
    offset = run.endOffset;
    const { why } = run;
    if (why.kind === 'more') {
      stretch = await readStretch(file, stretch, offset, lengthToRead(why.neededBytes, readBytes));
    } else if (why.kind === 'invalid') {
      const next =
        why.endOffset === undefined
          ? await findFrame({ file, stretch, offset: offset + 1, readBytes })
          : { offset: why.endOffset, stretch };
      stretch = next.stretch;
      const endOffset = next.offset < stretch.limit ? next.offset : scan.limit;
      yield { kind: 'gap', offset, endOffset };
      offset = endOffset;
    }
  }
  if (offset < scan.limit) yield { kind: 'gap', offset, endOffset: scan.limit };
}

/** Large frames are read whole, with the head of the next frame: a partly read frame is read again. */
function lengthToRead(neededBytes: number, readBytes: number): number {
  if (neededBytes <= readBytes / 4) return readBytes;
  return neededBytes * Math.max(1, Math.floor(readBytes / neededBytes)) + FRAME_BYTES;
}

type ScanEnd =
  | { readonly kind: 'end' }
  | { readonly kind: 'more'; readonly neededBytes: number }
  | { readonly kind: 'invalid'; readonly endOffset?: number };

/** Consecutive frames in memory, with the reason for their end. */
function framesFrom(stretch: SegmentStretch, offset: number) {
  const frames: FoundFrame[] = [];
  let endOffset = offset;
  let why: ScanEnd = { kind: 'end' };
  while (endOffset < stretch.limit) {
    const reading = readFrame(stretch, endOffset);
    if (reading.kind !== 'frame') {
      why = reading;
      break;
    }
    frames.push(reading.frame);
    endOffset += FRAME_BYTES + reading.frame.payload.byteLength;
  }
  return { frames, endOffset, why };
}

/** Reads a stretch of the segment, not beyond its limit. */
async function readStretch(
  file: StorageFile,
  { salt, limit }: SegmentStretch,
  offset: number,
  length: number,
): Promise<SegmentStretch> {
  const wanted = Math.min(length, limit - offset);
  const read = await file.readAt(offset, wanted);
  const bytes = Buffer.from(read.buffer, read.byteOffset, read.byteLength);
  // When the file became shorter meanwhile, the missing bytes never arrive.
  return { bytes, offset, salt, limit: bytes.length < wanted ? offset + bytes.length : limit };
}

/** The next place from `offset` on at which the header of a record's frame holds; the limit when there is none. */
async function findFrame(search: {
  readonly file: StorageFile;
  readonly stretch: SegmentStretch;
  readonly offset: number;
  readonly readBytes: number;
}): Promise<{ readonly offset: number; readonly stretch: SegmentStretch }> {
  let { stretch, offset } = search;
  while (offset < stretch.limit) {
    const hit = stretch.bytes.indexOf(RECORD_MAGIC, offset - stretch.offset);
    const endOffset = stretch.offset + stretch.bytes.length;
    // The magic may lie across the end of the stretch.
    offset = hit >= 0 ? stretch.offset + hit : Math.max(offset, endOffset - RECORD_MAGIC.length + 1);
    if (hit >= 0 && offset + FRAME_BYTES <= endOffset) {
      if (isFrameHeader(stretch, offset)) return { offset, stretch };
      offset += 1;
    } else if (endOffset >= stretch.limit) {
      return { offset: stretch.limit, stretch };
    } else {
      // Sufficient for the head of a frame, so that every read makes progress.
      stretch = await readStretch(search.file, stretch, offset, Math.max(search.readBytes, FRAME_BYTES));
    }
  }
  return { offset: stretch.limit, stretch };
}

/** A frame with a damaged or unread payload counts as well: its end is known. */
function isFrameHeader(stretch: SegmentStretch, offset: number): boolean {
  const reading = readFrame(stretch, offset);
  return reading.kind !== 'invalid' || reading.endOffset !== undefined;
}

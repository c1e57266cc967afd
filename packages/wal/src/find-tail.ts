// The end of a segment without a recorded end: recovery needs the end of the last segment of a log that was not closed.
// The answer depends on one fact: a group is written only after the previous group was synced. A valid frame therefore
// proves every earlier group, and an invalid frame without a later valid one is a torn tail.
import type { StorageFile } from '@millrace/core';
import { FRAME_BYTES, HEADER_BYTES, type SegmentHeader } from './log-format.ts';
import { type ScanStep, scanSegment } from './segment-scanner.ts';

/** One look for the last byte of a file that is not 0. */
const LOOK_BYTES = 64 * 1024;

/** A stretch of bytes in a segment. */
export interface ByteRange {
  readonly offset: number;
  readonly endOffset: number;
}

/** The result of reading a segment to the end of its file. */
export interface SegmentTail {
  /** The end of the entries. */
  readonly endBytes: number;
  /** Infinity when there is no entry. */
  readonly oldestMs: number;
  /** -Infinity when there is no entry. */
  readonly newestMs: number;
  readonly records: number;
  /** Damage before the end, in place of acknowledged entries. */
  readonly damage: readonly ByteRange[];
  /** Bytes behind the end, without the zeros at the end of the file: these are room for further groups. */
  readonly tornBytes: number;
}

/** Reads a segment to find its end. `onRead` receives the progress in bytes; an error of `onRead` ends the reading. */
export async function findTail(
  file: StorageFile,
  header: SegmentHeader,
  onRead: (offset: number) => void = () => {},
): Promise<SegmentTail> {
  const sizeBytes = await file.size();
  const search = new TailSearch(header.isSynced);
  for await (const step of scanSegment({ file, salt: header.salt, limit: sizeBytes })) {
    onRead(endOf(step));
    if (step.kind === 'gap') {
      search.gap(step);
      continue;
    }
    for (const frame of step.frames) {
      const endOffset = frame.offset + FRAME_BYTES + frame.payload.byteLength;
      search.frame({ ...frame, endOffset });
    }
  }
  const tail = search.tail();
  return { ...tail, tornBytes: (await endOfContent(file, tail.endBytes, sizeBytes)) - tail.endBytes };
}

/** The place behind the last byte of the file, from `from` on, that is not 0. */
async function endOfContent(file: StorageFile, from: number, sizeBytes: number): Promise<number> {
  for (let end = sizeBytes; end > from;) {
    const begin = Math.max(from, end - LOOK_BYTES);
    const last = (await file.readAt(begin, end - begin)).findLastIndex((byte) => byte !== 0);
    if (last >= 0) return begin + last + 1;
    end = begin;
  }
  return from;
}

function endOf(step: ScanStep): number {
  return step.kind === 'gap' ? step.endOffset : (step.frames.at(-1)?.offset ?? 0);
}

interface Seen {
  readonly isSeal: boolean;
  readonly offset: number;
  readonly endOffset: number;
  readonly groupOffset: number;
  readonly timeMs: number;
}

interface Count {
  endBytes: number;
  oldestMs: number;
  newestMs: number;
  records: number;
}

/** A segment without entries. */
const NOTHING: Count = {
  endBytes: HEADER_BYTES,
  oldestMs: Number.POSITIVE_INFINITY,
  newestMs: Number.NEGATIVE_INFINITY,
  records: 0,
};

/** Follows a scan, and separates proved entries from a possible torn tail. */
class TailSearch {
  readonly #canProve: boolean;
  readonly #damage: ByteRange[] = [];
  /** Gaps since the last group that proves damage. */
  #open: ByteRange[] = [];
  #proved: Count = { ...NOTHING };
  #seen: Count = { ...NOTHING };

  /** @param canProve True when the segment was synced group by group; otherwise a loss of power may take any group. */
  constructor(canProve: boolean) {
    this.#canProve = canProve;
  }

  gap({ offset, endOffset }: ByteRange): void {
    this.#open.push({ offset, endOffset });
  }

  frame(frame: Seen): void {
    const first = this.#open[0];
    if (first !== undefined && this.#canProve && frame.groupOffset > first.offset) {
      for (const gap of this.#open) this.#damage.push(gap);
      this.#open = [];
    }
    if (!frame.isSeal) {
      this.#seen.endBytes = frame.endOffset;
      this.#seen.oldestMs = Math.min(this.#seen.oldestMs, frame.timeMs);
      this.#seen.newestMs = Math.max(this.#seen.newestMs, frame.timeMs);
      this.#seen.records += 1;
    }
    if (this.#open.length === 0) this.#proved = { ...this.#seen };
  }

  tail(): Omit<SegmentTail, 'tornBytes'> {
    return { ...this.#proved, damage: this.#damage };
  }
}

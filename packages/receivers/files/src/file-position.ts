// A place in the reading of a directory, as stored in the driver's log. A position is sufficient to continue directly
// behind the place, and to find the parts of files that were read before the place. Plain data. Unchanged lists are
// shared by many positions, so that a position is cheap, for any number of files.
import type { StorageEntry } from '@millrace/core';
import type { FileSelectionSnapshot } from '@millrace/core/engine';

/** The state of a file at the reading of its first byte. */
export type ReadAs = Pick<StorageEntry, 'sizeBytes' | 'modifiedMs'>;

/** The progress in a file. */
export interface FileProgress {
  /** All bytes before this one are stored. */
  readonly byte: number;
  /** The CRC-32 of the stored bytes. */
  readonly crc: number;
  /** Undefined: nothing was read yet. */
  readonly readAs?: ReadAs;
}

/** An accepted file to be read. */
export interface DueFile extends FileProgress {
  readonly name: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
}

/** A part of a file that was read in one go. Parts are numbered in the order of reading. */
export interface FileSegment {
  readonly number: number;
  readonly name: string;
  readonly readAs: ReadAs;
  readonly fromByte: number;
  readonly fromCrc: number;
  readonly toByte: number;
  readonly toCrc: number;
  /** Bytes are counted in the decompressed content, not in the file. */
  readonly isUnpacked?: true;
}

/** The past of the directory watch. */
export interface WatchState {
  /** Files that changed up to this time are left out, in wall milliseconds. */
  readonly sinceMs: number;
  /** The first poll that was not made yet. */
  readonly nextPollMs: number;
  /** The accepted files that could be accepted again. */
  readonly seen: FileSelectionSnapshot;
}

/** A place in the reading of a directory. */
export interface FilePosition {
  readonly watch: WatchState;
  /** The files to be read at the begin of the segment, in order. */
  readonly due: readonly DueFile[];
  /** The index of the segment's file among these. */
  readonly at: number;
  /** Earlier files among these that have to be tried again. */
  readonly later: readonly DueFile[];
  /** The segment up to the place. */
  readonly segment: FileSegment;
  /** The earlier segments that may still have to be read again, in order. */
  readonly before: readonly (readonly FileSegment[])[];
}

/** The files to be read at a place, in order. */
export function leftToRead({ due, at, later, segment }: FilePosition): readonly DueFile[] {
  const { toByte: byte, toCrc: crc, readAs } = segment;
  const current = due.slice(at, at + 1).map((file) => ({ ...file, byte, crc, readAs }));
  // The decompressed size of a packed file is unknown here.
  const isRead = byte === readAs.sizeBytes && segment.isUnpacked !== true;
  return [...(isRead ? [] : current), ...due.slice(at + 1), ...later];
}

/** The parts of files from one place to another, in the order of reading. */
export function segmentsBetween(from: FilePosition | undefined, to: FilePosition): readonly FileSegment[] {
  const segments = [...to.before.flat(), to.segment];
  if (from === undefined) return segments;
  const { number, toByte, toCrc } = from.segment;
  return segments
    .filter((segment) => segment.number >= number)
    .map((segment) =>
      segment.number === number ? { ...segment, fromByte: toByte, fromCrc: toCrc } : segment,
    );
}

// A place in the reading of a directory, as it goes into the driver's log: enough to go on right behind it, and enough to
// find the parts of files that were read before it. Plain data. Lists that do not change are shared by many positions, so
// that one costs little, however many files there are.
import type { StorageEntry } from '@millrace/core';
import type { FileSelectionSnapshot } from '@millrace/core/engine';

/** What a file was when its first byte was read. */
export type ReadAs = Pick<StorageEntry, 'sizeBytes' | 'modifiedMs'>;

/** How far a file has been read. */
export interface FileProgress {
  /** Everything before this byte is stored. */
  readonly byte: number;
  /** The CRC-32 of what was stored of it. */
  readonly crc: number;
  /** Undefined: nothing was read yet. */
  readonly readAs?: ReadAs;
}

/** An accepted file that is to be read. */
export interface DueFile extends FileProgress {
  readonly name: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
}

/** A part of a file that was read at one go. They are numbered in the order in which they were read. */
export interface FileSegment {
  readonly number: number;
  readonly name: string;
  readonly readAs: ReadAs;
  readonly fromByte: number;
  readonly fromCrc: number;
  readonly toByte: number;
  readonly toCrc: number;
  /** Bytes are counted in what the file unpacks to, and not in the file. */
  readonly isUnpacked?: true;
}

/** What the watching of the directory has to know of its past. */
export interface WatchState {
  /** Files that changed up to then are left out, in wall milliseconds. */
  readonly sinceMs: number;
  /** The first poll that was not made yet. */
  readonly nextPollMs: number;
  /** The files that were accepted and could be accepted again. */
  readonly seen: FileSelectionSnapshot;
}

/** A place in the reading of a directory. */
export interface FilePosition {
  readonly watch: WatchState;
  /** What was to be read when the segment was begun, in order. */
  readonly due: readonly DueFile[];
  /** Which of these the segment belongs to. */
  readonly at: number;
  /** Files among those before it that have to be tried again. */
  readonly later: readonly DueFile[];
  /** The segment up to the place. */
  readonly segment: FileSegment;
  /** The segments before it that may still have to be read again, in order. */
  readonly before: readonly (readonly FileSegment[])[];
}

/** What was still to be read at a place, in order. */
export function leftToRead({ due, at, later, segment }: FilePosition): readonly DueFile[] {
  const { toByte: byte, toCrc: crc, readAs } = segment;
  const current = due.slice(at, at + 1).map((file) => ({ ...file, byte, crc, readAs }));
  // Nobody knows here how much a packed file unpacks to.
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

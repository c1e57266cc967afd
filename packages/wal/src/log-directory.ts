// The segments in the folder of a log, with the content of their headers. Reading a few bytes of each segment is the
// whole cost of opening a log of any size.
import { join } from 'node:path';
import type { MillraceError, Storage, StorageEntry } from '@millrace/core';
import {
  type DecodedHeader,
  decodeHeader,
  FORMAT_VERSION,
  HEADER_READ_BYTES,
  type SegmentHeader,
} from './log-format.ts';
import { segmentFileName, segmentNumber } from './segment-name.ts';
import { walError } from './wal-errors.ts';

/** A segment found in the folder. */
export interface FoundSegment {
  readonly number: number;
  readonly sizeBytes: number;
  /** Undefined: the file has no valid header, or the header of another segment. */
  readonly header: SegmentHeader | undefined;
  /** See `ListedSegment`. */
  readonly isNoFile?: boolean;
}

/** An entry of a log's folder with the name of a segment. */
export interface ListedSegment {
  readonly number: number;
  readonly sizeBytes: number;
  /**
   * True: a directory, a device, or a link that leads nowhere, for instance to a disk that is not mounted. The segment may
   * hold records and cannot be read, which is damage; an entry that is passed over would be a silent loss.
   */
  readonly isNoFile?: boolean;
}

/** The segments among the entries of a folder, by number. Files of other names are left alone. */
export function segmentsAmong(entries: readonly StorageEntry[]): readonly ListedSegment[] {
  const segments = entries.flatMap(({ name, kind, sizeBytes }) => {
    const number = segmentNumber(name);
    if (number === undefined) return [];
    return [kind === 'file' ? { number, sizeBytes } : { number, sizeBytes: 0, isNoFile: true }];
  });
  return segments.toSorted((a, b) => a.number - b.number);
}

/** True when these are the entries of a log's folder: at least one segment. */
export function isLogDirectory(entries: readonly StorageEntry[]): boolean {
  return segmentsAmong(entries).length > 0;
}

/**
 * The segments in the folder, by number, with their headers.
 *
 * @throws `MR_WAL_UNSUPPORTED_FORMAT` when one of the segments has an unknown format version.
 */
export async function findSegments(storage: Storage, directory: string): Promise<readonly FoundSegment[]> {
  const found: FoundSegment[] = [];
  for (const listed of segmentsAmong(await storage.list(directory))) {
    const path = segmentPath(directory, listed.number);
    const decoded = await headerOf(storage, path, listed);
    if (decoded.kind === 'unsupported') throw unsupportedFormat(path, decoded.version);
    found.push({ ...listed, header: decoded.kind === 'valid' ? decoded.header : undefined });
  }
  return found;
}

/** The header of a listed segment. An entry that is not a file is not opened. */
export function headerOf(storage: Storage, path: string, listed: ListedSegment): Promise<DecodedHeader> {
  const { number, isNoFile = false } = listed;
  return isNoFile ? Promise.resolve({ kind: 'damaged' }) : readHeader(storage, path, number);
}

/** Reads the header of the segment with this number; the header of another segment counts as damaged. */
export async function readHeader(storage: Storage, path: string, number: number): Promise<DecodedHeader> {
  const file = await storage.open(path, 'read');
  try {
    const decoded = decodeHeader(await file.readAt(0, HEADER_READ_BYTES));
    return decoded.kind === 'valid' && decoded.header.number !== number ? { kind: 'damaged' } : decoded;
  } finally {
    await file.close();
  }
}

/** The path of the segment with this number. */
export function segmentPath(directory: string, number: number): string {
  return join(directory, segmentFileName(number));
}

/** The error for a segment with an unknown format version. */
export function unsupportedFormat(path: string, version: number): MillraceError {
  return walError(
    'MR_WAL_UNSUPPORTED_FORMAT',
    `${path} has format version ${version}, and this package reads version ${FORMAT_VERSION} only: use the package that wrote it, or choose an empty directory`,
    { details: { path, version, supported: FORMAT_VERSION } },
  );
}

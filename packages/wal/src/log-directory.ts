// The segments that stand in the folder of a log, with what their headers say. Reading a few bytes of each is all that
// opening a log costs, whatever it holds.
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

/** A segment as it was found. */
export interface FoundSegment {
  readonly number: number;
  readonly sizeBytes: number;
  /** Undefined: what stands there is no header, or that of another segment. */
  readonly header: SegmentHeader | undefined;
}

/** A file of a log's folder that is named as a segment. */
export interface ListedSegment {
  readonly number: number;
  readonly sizeBytes: number;
}

/** The segments among the entries of a folder, by number. Files of other names are left alone. */
export function segmentsAmong(entries: readonly StorageEntry[]): readonly ListedSegment[] {
  const segments = entries.flatMap(({ name, kind, sizeBytes }) => {
    const number = kind === 'file' ? segmentNumber(name) : undefined;
    return number === undefined ? [] : [{ number, sizeBytes }];
  });
  return segments.toSorted((a, b) => a.number - b.number);
}

/** Whether these are the entries of a log's folder: there is a segment among them. */
export function isLogDirectory(entries: readonly StorageEntry[]): boolean {
  return entries.some(({ name, kind }) => kind === 'file' && segmentNumber(name) !== undefined);
}

/**
 * The segments in the folder, by number, with their headers.
 *
 * @throws `MR_WAL_UNSUPPORTED_FORMAT` when one of them is of a format version that is not known here.
 */
export async function findSegments(storage: Storage, directory: string): Promise<readonly FoundSegment[]> {
  const found: FoundSegment[] = [];
  for (const { number, sizeBytes } of segmentsAmong(await storage.list(directory))) {
    const path = segmentPath(directory, number);
    const decoded = await readHeader(storage, path, number);
    if (decoded.kind === 'unsupported') throw unsupportedFormat(path, decoded.version);
    found.push({ number, sizeBytes, header: decoded.kind === 'valid' ? decoded.header : undefined });
  }
  return found;
}

/** Reads the header of the segment with this number; that of another segment counts as damaged. */
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

/** What is told of a segment whose format version is not known here. */
export function unsupportedFormat(path: string, version: number): MillraceError {
  return walError(
    'MR_WAL_UNSUPPORTED_FORMAT',
    `${path} has format version ${version}, and this package reads version ${FORMAT_VERSION} only: use the package that wrote it, or choose an empty directory`,
    { details: { path, version, supported: FORMAT_VERSION } },
  );
}

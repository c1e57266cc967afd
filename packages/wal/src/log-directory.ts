// The segments that stand in the folder of a log, with what their headers say. Reading a few bytes of each is all that
// opening a log costs, whatever it holds.
import { join } from 'node:path';
import type { Storage } from '@millrace/core';
import { decodeHeader, FORMAT_VERSION, HEADER_READ_BYTES, type SegmentHeader } from './log-format.ts';
import { segmentFileName, segmentNumber } from './segment-name.ts';
import { walError } from './wal-errors.ts';

/** A segment as it was found. */
export interface FoundSegment {
  readonly number: number;
  readonly sizeBytes: number;
  /** Undefined: what stands there is no header, or that of another segment. */
  readonly header: SegmentHeader | undefined;
}

/**
 * The segments in the folder, by number. Files of other names are left alone.
 *
 * @throws `MR_WAL_UNSUPPORTED_FORMAT` when one of them is of a format version that is not known here.
 */
export async function findSegments(storage: Storage, directory: string): Promise<readonly FoundSegment[]> {
  const found: FoundSegment[] = [];
  for (const { name, kind, sizeBytes } of await storage.list(directory)) {
    const number = kind === 'file' ? segmentNumber(name) : undefined;
    if (number === undefined) continue;
    found.push({ number, sizeBytes, header: await readHeader(storage, join(directory, name), number) });
  }
  return found.toSorted((a, b) => a.number - b.number);
}

/** Reads the header of the segment with this number; undefined when there is none that holds. */
export async function readHeader(
  storage: Storage,
  path: string,
  number: number,
): Promise<SegmentHeader | undefined> {
  const file = await storage.open(path, 'read');
  try {
    const decoded = decodeHeader(await file.readAt(0, HEADER_READ_BYTES));
    if (decoded.kind === 'unsupported') throw unsupported(path, decoded.version);
    return decoded.kind === 'valid' && decoded.header.number === number ? decoded.header : undefined;
  } finally {
    await file.close();
  }
}

/** The path of the segment with this number. */
export function segmentPath(directory: string, number: number): string {
  return join(directory, segmentFileName(number));
}

function unsupported(path: string, version: number): Error {
  return walError(
    'MR_WAL_UNSUPPORTED_FORMAT',
    `${path} has format version ${version}, and this package reads version ${FORMAT_VERSION} only: use the package that wrote it, or choose an empty directory`,
    { details: { path, version, supported: FORMAT_VERSION } },
  );
}

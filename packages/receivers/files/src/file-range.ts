// Reads parts of files once more. The files must still exist, with an unchanged content in the read part; later growth
// does not matter. A checksum decides: times and lengths alone do not distinguish a file from its successor.
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { LineFramer, type RangeContext, type SourcePiece, type SourceRange } from '@millrace/core';
import { fileError } from './file-errors.ts';
import { type FilePosition, type FileSegment, segmentsBetween } from './file-position.ts';
import { StoredFile } from './stored-file.ts';
import type { TextFilesOptions } from './text-files.options.ts';
import type { WholeFile } from './whole-file-reading.ts';
import type { WholeFilesOptions } from './whole-files.options.ts';

/** The lines of a range. @throws `MR_FILES_RANGE_LOST`; `MR_FILES_UNREADABLE`, which may be temporary. */
export async function* textRange(
  options: TextFilesOptions,
  range: SourceRange,
  context: RangeContext,
): AsyncGenerator<SourcePiece<string>> {
  for (const segment of segmentsOf(range)) {
    const { fromByte, toByte } = segment;
    if (fromByte === toByte) continue;
    const file = await foundFile(options.directory, segment, context);
    const framer = new LineFramer({ ...options, isFileStart: fromByte === 0 });
    let crc = segment.fromCrc;
    const linesOf = function* (pieces: ReturnType<LineFramer['end']>): Generator<SourcePiece<string>> {
      for (const piece of pieces) {
        // Lines that were too long then are left out again; they were reported in the first reading.
        if (piece.kind === 'long-line') continue;
        crc = crc32(piece.bytes, crc);
        yield piece;
      }
    };
    for await (const chunk of textOf(file, segment, options)) yield* linesOf(framer.push(chunk));
    yield* linesOf(framer.end());
    if (crc !== segment.toCrc) throw lost(file.path, segment, 'the file was replaced or overwritten');
  }
}

/** The files of a range, each as one record. @throws like `textRange`. */
export async function* wholeRange(
  options: WholeFilesOptions,
  range: SourceRange,
  context: RangeContext,
): AsyncGenerator<SourcePiece<WholeFile>> {
  const { segment: before } = (range.from ?? { segment: undefined }) as Partial<FilePosition>;
  for (const segment of segmentsOf(range)) {
    if (segment.number === before?.number) continue;
    const { name, toByte, readAs } = segment;
    const file = await foundFile(options.directory, segment, context);
    const chunks: Uint8Array[] = [];
    for await (const chunk of file.chunks({ fromByte: 0, toByte, chunkBytes: options.chunkBytes })) {
      chunks.push(chunk);
    }
    const bytes = joined(chunks);
    if (crc32(bytes) !== segment.toCrc)
      throw lost(file.path, segment, 'the file was replaced or overwritten');
    yield { kind: 'records', records: [{ path: file.path, name, modifiedMs: readAs.modifiedMs, bytes }] };
  }
}

function segmentsOf({ from, to }: SourceRange): readonly FileSegment[] {
  return segmentsBetween(from as FilePosition | undefined, to as FilePosition);
}

async function foundFile(
  directory: string,
  segment: FileSegment,
  context: RangeContext,
): Promise<StoredFile> {
  const file = new StoredFile(context, join(directory, segment.name));
  const now = await file.find();
  if (now === undefined) throw lost(file.path, segment, 'the file no longer exists');
  const neededBytes = segment.isUnpacked === true ? segment.readAs.sizeBytes : segment.toByte;
  if (now.sizeBytes < neededBytes) throw lost(file.path, segment, `the file has ${now.sizeBytes} bytes now`);
  return file;
}

/** The bytes of the segment, counted in the decompressed content of a gzip file. */
async function* textOf(
  file: StoredFile,
  { isUnpacked, readAs, fromByte, toByte }: FileSegment,
  { chunkBytes }: TextFilesOptions,
): AsyncGenerator<Uint8Array, void, void> {
  const sizeBytes = isUnpacked === true ? readAs.sizeBytes : toByte;
  let leftBytes = toByte - fromByte;
  for await (const chunk of file.text({ fromByte, chunkBytes }, sizeBytes)) {
    const taken = chunk.subarray(0, leftBytes);
    leftBytes -= taken.length;
    yield taken;
    if (leftBytes === 0) return;
  }
}

/** A plain array of bytes, as in the first reading. */
function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let filledBytes = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, filledBytes);
    filledBytes += chunk.length;
  }
  return bytes;
}

function lost(path: string, { fromByte, toByte }: FileSegment, why: string): Error {
  const message = `expected the bytes ${fromByte} to ${toByte} of ${path} as in the first reading: ${why}`;
  return fileError('MR_FILES_RANGE_LOST', message, { details: { path, fromByte, toByte } });
}

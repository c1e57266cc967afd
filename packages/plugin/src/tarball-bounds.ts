// Bounds on a tarball before anything unpacks it. A tarball may come from a stranger: one megabyte of gzip can hold a
// gigabyte, or millions of empty files.
import { gunzipSync } from 'node:zlib';

/** The most that a tarball may be, packed and unpacked, and the most entries. Registries refuse less than that. */
export interface TarballBounds {
  /** Bytes of the packed file. Default 64 MiB. */
  readonly packedBytes: number;
  /** Bytes after decompression. Default 256 MiB. */
  readonly unpackedBytes: number;
  /** Entries of the archive: files, folders, links and extended headers. Default 20,000. */
  readonly entries: number;
}

const MIB = 1_024 * 1_024;
const BLOCK_BYTES = 512;
const SIZE_AT = 124;
const SIZE_LENGTH = 12;

/** The bounds of `millrace-plugin validate`. */
export const TARBALL_BOUNDS: TarballBounds = {
  packedBytes: 64 * MIB,
  unpackedBytes: 256 * MIB,
  entries: 20_000,
};

/**
 * Refuses a tarball that exceeds a bound. Memory stays within the bound on unpacked bytes.
 *
 * @throws Error that names the bound; or that the bytes are no gzip archive.
 */
export function assertWithinBounds(bytes: Uint8Array, bounds: TarballBounds = TARBALL_BOUNDS): void {
  if (bytes.length > bounds.packedBytes)
    throw exceeds(`${bytes.length} bytes`, `${bounds.packedBytes} bytes`);
  const archive = unpack(bytes, bounds.unpackedBytes);
  const entries = countEntries(archive, bounds.entries);
  if (entries > bounds.entries)
    throw exceeds(`more than ${bounds.entries} entries`, `${bounds.entries} entries`);
}

function unpack(bytes: Uint8Array, maxOutputLength: number): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw exceeds('more bytes than that once unpacked', `${maxOutputLength} bytes unpacked`);
    }
    throw new Error('expected a tarball packed by npm (gzip), the bytes cannot be unpacked', {
      cause: error,
    });
  }
}

/** Walks the headers of the archive, and ends behind the bound. */
function countEntries(archive: Buffer, most: number): number {
  let entries = 0;
  for (let at = 0; at + BLOCK_BYTES <= archive.length && entries <= most; entries += 1) {
    // Two empty blocks end an archive.
    if (archive[at] === 0) break;
    const size = Number.parseInt(archive.toString('latin1', at + SIZE_AT, at + SIZE_AT + SIZE_LENGTH), 8);
    at += BLOCK_BYTES + Math.ceil((Number.isNaN(size) ? 0 : size) / BLOCK_BYTES) * BLOCK_BYTES;
  }
  return entries;
}

function exceeds(found: string, bound: string): Error {
  return new Error(
    `the tarball has ${found}, at most ${bound} are looked at: publish less, or name a smaller file`,
  );
}

// Bounds on a tarball before anything unpacks the tarball. A tarball may come from an unknown author: one megabyte of
// gzip can contain a gigabyte, or millions of empty files.
import { gunzipSync } from 'node:zlib';
import { type TarEntry, tarEntries } from './tar-entries.ts';

/**
 * The largest sizes of a tarball, packed and unpacked, and the largest number of entries. Registries have lower bounds.
 */
export interface TarballBounds {
  /** Bytes of the packed file. Default 64 MiB. */
  readonly packedBytes: number;
  /** Bytes after decompression. Default 256 MiB. */
  readonly unpackedBytes: number;
  /** Entries of the archive: files, folders, links and extended headers. Default 20,000. */
  readonly entries: number;
}

const MIB = 1_024 * 1_024;

/** The bounds of `millrace-plugin validate`. */
export const TARBALL_BOUNDS: TarballBounds = {
  packedBytes: 64 * MIB,
  unpackedBytes: 256 * MIB,
  entries: 20_000,
};

/**
 * The entries of a tarball within the bounds. Memory stays within the bound on unpacked bytes.
 *
 * @throws Error that names the bound; Error when the bytes are not a whole gzip archive.
 */
export function entriesWithinBounds(
  bytes: Uint8Array,
  bounds: TarballBounds = TARBALL_BOUNDS,
): readonly TarEntry[] {
  if (bytes.length > bounds.packedBytes)
    throw exceeds(`${bytes.length} bytes`, `${bounds.packedBytes} bytes`);
  const { entries, headers } = tarEntries(unpack(bytes, bounds.unpackedBytes), bounds.entries);
  if (headers > bounds.entries)
    throw exceeds(`more than ${bounds.entries} entries`, `${bounds.entries} entries`);
  return entries;
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

function exceeds(found: string, bound: string): Error {
  return new Error(
    `the tarball has ${found}, at most ${bound} are read: publish less, or name a smaller file`,
  );
}

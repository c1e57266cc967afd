// The decompressed bytes of a gzip file, chunk by chunk: neither the file nor its content is in memory as a whole.
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

/** True for names that end with `.gz`, in either case: such a file is treated as a gzip file. */
export function isGzipName(name: string): boolean {
  return /\.gz$/i.test(name);
}

/**
 * Decompresses chunks as they arrive; the members of a file with several members are decompressed one after the other.
 * The caller owns the result chunks, of at most `chunkBytes` bytes each. A caller that stops early closes the source.
 *
 * @throws Error of zlib when the bytes are not gzip, damaged, or end too early; any error of the source.
 */
export async function* gunzipChunks(
  source: AsyncIterable<Uint8Array>,
  { chunkBytes }: { readonly chunkBytes: number },
): AsyncGenerator<Uint8Array, void, undefined> {
  // zlib accepts no smaller buffers.
  const unpacking = createGunzip({ chunkSize: Math.max(64, chunkBytes) });
  const feeding = pipeline(source, unpacking);
  // The loop below throws the same error.
  feeding.catch(() => undefined);
  try {
    for await (const chunk of unpacking) yield chunk as Uint8Array;
    await feeding;
  } finally {
    unpacking.destroy();
    await feeding.catch(() => undefined);
  }
}

/** True for an error of zlib: the bytes are not gzip, damaged, or end too early. Errors of the source are none. */
export function isGzipFailure(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
}

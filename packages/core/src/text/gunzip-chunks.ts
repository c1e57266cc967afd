// The bytes of a gzip file, chunk after chunk: neither the file nor what it unpacks to is in memory as a whole.
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

/** True for names that end with `.gz`, in either case: such a file is taken for a gzip file. */
export function isGzipName(name: string): boolean {
  return /\.gz$/i.test(name);
}

/**
 * Unpacks chunks as they come; files of several members are unpacked one behind the other. Chunks are given away, with at
 * most `chunkBytes` bytes each. A caller that stops early closes the source.
 *
 * @throws Error of zlib when the bytes are not gzip, damaged, or end too early; what the source throws.
 */
export async function* gunzipChunks(
  source: AsyncIterable<Uint8Array>,
  { chunkBytes }: { readonly chunkBytes: number },
): AsyncGenerator<Uint8Array, void, undefined> {
  // zlib takes no smaller buffers.
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

// A file that is read whole, as certificates and keys are. A size is asked for first: a path that somebody has pointed at
// something large must not fill the memory.
import type { Storage } from '../contracts/storage.ts';

/** What a small file may have, unless told otherwise: no certificate, chain or key comes near a mebibyte. */
const BYTES_MAX = 1_048_576;

/**
 * Reads a small file whole, for instance a certificate that an option names.
 *
 * @param maxBytes How large the file may be, in bytes; 1 MiB by default.
 * @throws Error when the file is larger; `MR_STORAGE_…` as the storage does.
 */
export async function readSmallFile(
  storage: Storage,
  path: string,
  maxBytes = BYTES_MAX,
): Promise<Uint8Array> {
  const file = await storage.open(path, 'read');
  try {
    const size = await file.size();
    if (size > maxBytes) throw new Error(`expected at most ${maxBytes} bytes in ${path}, got ${size}`);
    return await file.readAt(0, size);
  } finally {
    await file.close();
  }
}

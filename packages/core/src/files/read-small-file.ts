// Reading a whole file, for certificates and keys. The size is checked first: a path to a large file must not fill the
// memory.
import type { Storage } from '../contracts/storage.ts';

/** The default limit for a small file: certificates, chains and keys are far below a mebibyte. */
const BYTES_MAX = 1_048_576;

/**
 * Reads a whole small file, for instance a certificate named by an option.
 *
 * @param maxBytes The largest size of the file, in bytes; 1 MiB by default.
 * @throws Error for a larger file; `MR_STORAGE_…` errors of the storage.
 */
export async function readSmallFile(storage: Storage, path: string, maxBytes = BYTES_MAX): Promise<Buffer> {
  const file = await storage.open(path, 'read');
  try {
    const size = await file.size();
    if (size > maxBytes) throw new Error(`expected at most ${maxBytes} bytes in ${path}, got ${size}`);
    return Buffer.from(await file.readAt(0, size));
  } finally {
    await file.close();
  }
}

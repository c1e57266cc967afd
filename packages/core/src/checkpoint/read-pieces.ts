// Reads a range of a possibly large file: piece by piece, because a single read of 2 GiB exceeds the limit of a system.
import type { StorageFile } from '../contracts/storage.ts';

/** The size of one read, in bytes. */
const PIECE_BYTES = 64 * 2 ** 20;

/** The bytes from `offset` to `endOffset`; fewer when the file ends earlier. The caller has bounded the range. */
export async function readPieces(
  file: StorageFile,
  offset: number,
  endOffset: number,
  pieceBytes = PIECE_BYTES,
): Promise<Uint8Array> {
  if (endOffset - offset <= pieceBytes) return file.readAt(offset, endOffset - offset);
  const bytes = new Uint8Array(endOffset - offset);
  let filled = 0;
  while (filled < bytes.byteLength) {
    const wanted = Math.min(pieceBytes, bytes.byteLength - filled);
    const piece = await file.readAt(offset + filled, wanted);
    bytes.set(piece, filled);
    filled += piece.byteLength;
    if (piece.byteLength < wanted) break;
  }
  return bytes.subarray(0, filled);
}

// Reads a stretch of a file that may be large: piece by piece, since one read of 2 GiB is more than a system takes.
import type { StorageFile } from '../contracts/storage.ts';

/** How much is read at once, in bytes. */
const PIECE_BYTES = 64 * 2 ** 20;

/** The bytes from `offset` to `endOffset`; fewer when the file ends before. The caller has bounded their number. */
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

// Writes the pieces of an answer, each when the socket has room: an answer is never copied into buffers of the system as a
// whole, and other work of the thread goes on between two pieces.
import type { ServerResponse } from 'node:http';
import type { Clock } from '@millrace/core';
import { IdleWatch } from './idle-watch.ts';

/** Pieces are gathered up to this number of bytes, for one write of the system. */
const WRITE_BYTES = 1_048_576;

/**
 * Writes all pieces, and ends the response. Resolves also when the reader has left, or did not read for `unreadMs`.
 */
export async function sendPieces(
  response: ServerResponse,
  pieces: Iterable<Uint8Array>,
  { clock, unreadMs }: { readonly clock: Clock; readonly unreadMs: number },
): Promise<void> {
  const watch = new IdleWatch({ clock, idleMs: unreadMs, onIdle: () => void response.destroy() });
  const left = Promise.withResolvers<void>();
  response.once('close', () => left.resolve());
  try {
    response.cork();
    let corkedBytes = 0;
    for (const piece of pieces) {
      if (response.destroyed) return;
      response.write(piece);
      corkedBytes += piece.byteLength;
      if (corkedBytes < WRITE_BYTES) continue;
      corkedBytes = 0;
      response.uncork();
      if (response.writableNeedDrain) {
        const drained = new Promise<void>((resolve) => void response.once('drain', resolve));
        await Promise.race([drained, left.promise]);
      }
      watch.heard();
      response.cork();
    }
    response.end();
    await left.promise;
  } finally {
    watch.stop();
  }
}

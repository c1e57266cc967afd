// Reads the body of one request, whose size is announced and bounded.
import type { IncomingMessage } from 'node:http';
import type { Clock } from '@millrace/core';
import { IdleWatch } from './idle-watch.ts';

/** Reads a body. Rejects when the sender is silent for `idleMs`, or leaves. */
export async function readBody(
  request: IncomingMessage,
  sizeBytes: number,
  { clock, idleMs }: { readonly clock: Clock; readonly idleMs: number },
): Promise<Uint8Array> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  const body = Buffer.alloc(sizeBytes);
  let filled = 0;
  const watch = new IdleWatch({
    clock,
    idleMs,
    onIdle: () => void request.destroy(new Error(`no byte of a request for ${idleMs} ms`)),
  });
  request.on('data', (chunk: Buffer) => {
    watch.heard();
    filled += chunk.copy(body, filled);
  });
  request.once('end', () => resolve(body));
  request.once('error', reject);
  request.once('close', () => reject(new Error('the sender of a request left')));
  try {
    return await promise;
  } finally {
    watch.stop();
  }
}

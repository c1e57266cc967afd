// Reads the body of one request, at most up to its bound:
//
//   request ──chunk──► maxBodyBytes ──► HeldBytes (copies, counts memory) ──► Unpacker, if compressed
//
// An error leaves the request alive, because the client still gets an answer.
import type { Readable } from 'node:stream';
import { ClientGone } from '../client-gone.ts';
import type { HttpSettings } from '../http-settings.ts';
import { bodyTooLarge, type ContentEncoding } from './admission.ts';
import { HeldBytes } from './held-bytes.ts';
import type { Passage } from '../storing/in-flight.ts';
import type { Unpacker } from './unpacker.ts';

/** Parts of reading a body. */
export interface BodyReaderDeps {
  readonly encoding: ContentEncoding;
  /** Size that the client announces; undefined without a Content-Length. */
  readonly declaredBytes: number | undefined;
  readonly bounds: Pick<HttpSettings, 'maxBodyBytes' | 'maxDecompressedBytes' | 'maxCompressionRatio'>;
  readonly unpacker: Unpacker;
  /** Counts the memory held. */
  readonly passage: Pick<Passage, 'addBytes'>;
  /** An aborted signal ends the reading with its reason. */
  readonly signals: readonly AbortSignal[];
}

/**
 * Reads a body.
 *
 * @returns the decompressed bytes in memory of their own; the passage has counted exactly these.
 * @throws `MR_HTTP_BODY_TOO_LARGE`, `MR_HTTP_BODY_MALFORMED`, `MR_HTTP_BUSY`; `ClientGone`; a signal's reason.
 */
export async function readBody(request: Readable, deps: BodyReaderDeps): Promise<Buffer> {
  const { encoding, bounds, passage, unpacker, signals } = deps;
  const bytes = await sentBody(request, deps);
  if (encoding === 'identity') return bytes;
  const count = (more: number): void => passage.addBytes(more);
  const signal = AbortSignal.any([...signals]);
  const unpacked = await unpacker.unpack({ bytes, encoding, bounds, count, signal });
  count(-bytes.length);
  return unpacked;
}

function sentBody(request: Readable, deps: BodyReaderDeps): Promise<Buffer> {
  const { bounds, declaredBytes, passage, signals } = deps;
  const { maxBodyBytes } = bounds;
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const held = new HeldBytes({
    maxBytes: maxBodyBytes,
    expectedBytes: declaredBytes,
    count: (bytes) => passage.addBytes(bytes),
  });
  const onAbort = ({ target }: Event): void => end(() => reject((target as AbortSignal).reason));
  const end = (settle: () => void): void => {
    request.off('data', onChunk).off('end', onEnd).off('close', onClose);
    for (const signal of signals) signal.removeEventListener('abort', onAbort);
    settle();
  };
  const onChunk = (chunk: Buffer): void => {
    try {
      if (held.length + chunk.length > maxBodyBytes) throw bodyTooLarge(maxBodyBytes);
      held.append(chunk);
    } catch (error) {
      end(() => reject(error));
    }
  };
  const onEnd = (): void => end(() => resolve(held.take()));
  const onClose = (): void => end(() => reject(new ClientGone()));
  for (const signal of signals) {
    if (signal.aborted) {
      reject(signal.reason);
      return promise;
    }
    signal.addEventListener('abort', onAbort);
  }
  request.on('data', onChunk).once('end', onEnd).once('close', onClose);
  return promise;
}

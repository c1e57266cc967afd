// Decompresses bodies, one at a time and each as a whole. A decoder takes up to 16 MiB (the window of `br`), so concurrent
// decoders would take more memory than all bodies. A whole body has one size and one ratio, however the network cut it.
import {
  type BrotliDecompress,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  type Gunzip,
  type Inflate,
} from 'node:zlib';
import { httpError } from '../http-errors.ts';
import type { HttpSettings } from '../http-settings.ts';
import type { ContentEncoding } from './admission.ts';
import { HeldBytes } from './held-bytes.ts';

/** Unpacked bytes from which the ratio counts. */
const RATIO_FREE_BYTES = 65_536;

/** A compressed body and its bounds. */
export interface PackedBody {
  readonly bytes: Buffer;
  readonly encoding: Exclude<ContentEncoding, 'identity'>;
  readonly bounds: Pick<HttpSettings, 'maxDecompressedBytes' | 'maxCompressionRatio'>;
  /** Counts the memory of the result. */
  readonly count: (bytes: number) => void;
  /** Ends the work with the reason of the signal. */
  readonly signal: AbortSignal;
}

/** Unpacks the bodies of one receiver. */
export class Unpacker {
  #last: Promise<unknown> = Promise.resolve();

  /**
   * Decompresses a body after the bodies of earlier calls.
   *
   * @throws `MR_HTTP_BODY_TOO_LARGE`, `MR_HTTP_BODY_MALFORMED`; the error of `count`; the reason of the signal.
   */
  unpack(body: PackedBody): Promise<Buffer> {
    const unpacked = this.#last.then(() => unpack(body));
    this.#last = unpacked.catch(() => undefined);
    return unpacked;
  }
}

async function unpack(body: PackedBody): Promise<Buffer> {
  const { bytes, encoding, bounds, count, signal } = body;
  signal.throwIfAborted();
  const held = new HeldBytes({ maxBytes: bounds.maxDecompressedBytes, count });
  const decoder = decoderOf(encoding);
  const over = Promise.withResolvers<void>();
  const onAbort = (): void => over.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  decoder.on('data', (chunk: Buffer) => {
    try {
      checkSize(held.length + chunk.length, body);
      held.append(chunk);
    } catch (error) {
      decoder.removeAllListeners('data');
      over.reject(error);
    }
  });
  decoder.once('end', () => over.resolve());
  // This listener stays: a destroyed decoder may still emit an error, which would end the process.
  decoder.on('error', (cause) => over.reject(malformed(encoding, cause.message, cause)));
  decoder.end(bytes);
  try {
    await over.promise;
  } finally {
    signal.removeEventListener('abort', onAbort);
    decoder.destroy();
  }
  // A decoder ends with its format. Bytes behind the end make the body malformed.
  if (decoder.bytesWritten !== bytes.length) throw malformed(encoding, 'the body continues after its end');
  return held.take();
}

function checkSize(unpackedBytes: number, { bytes, bounds }: PackedBody): void {
  const { maxDecompressedBytes, maxCompressionRatio } = bounds;
  if (unpackedBytes > maxDecompressedBytes) {
    const message = `expected a body of at most ${maxDecompressedBytes} bytes after decompression (maxDecompressedBytes); send the body in smaller pieces`;
    throw httpError('MR_HTTP_BODY_TOO_LARGE', message, { details: { maxDecompressedBytes } });
  }
  if (maxCompressionRatio === undefined || unpackedBytes <= RATIO_FREE_BYTES) return;
  if (unpackedBytes <= maxCompressionRatio * bytes.length) return;
  const message =
    `expected a body that decompresses to at most ${maxCompressionRatio} times its size (maxCompressionRatio), or to at most ` +
    `${RATIO_FREE_BYTES} bytes; send the body uncompressed or in smaller pieces`;
  throw httpError('MR_HTTP_BODY_TOO_LARGE', message, { details: { maxCompressionRatio } });
}

function malformed(encoding: ContentEncoding, problem: string, cause?: unknown): Error {
  return httpError('MR_HTTP_BODY_MALFORMED', `expected a body of ${encoding}: ${problem}`, { cause });
}

function decoderOf(encoding: PackedBody['encoding']): Gunzip | Inflate | BrotliDecompress {
  switch (encoding) {
    case 'gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
  }
}

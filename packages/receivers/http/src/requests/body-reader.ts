// Reads the body of one request into memory, unpacked, and no further than its bounds. They are looked at with every
// chunk, before and after unpacking, so a bomb is noticed when it has unpacked one chunk too many.
//
//   request ──chunk──► maxBodyBytes ──► decoder ──chunk──► maxDecompressedBytes, ratio, bytes in flight ──► kept
//      ▲                                   │
//      └──────── pause, resume ◄───drain───┘
//
// Whatever goes wrong, the request itself is left alive: its client is still to be answered.
import type { Readable } from 'node:stream';
import {
  type BrotliDecompress,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  type Gunzip,
  type Inflate,
} from 'node:zlib';
import { ClientGone } from '../client-gone.ts';
import { httpError } from '../http-errors.ts';
import type { HttpOptions } from '../http.options.ts';
import { bodyTooLarge, type ContentEncoding } from './admission.ts';
import type { Passage } from './in-flight.ts';

/** Unpacked bytes from which the ratio counts: a few hundred bytes of zeros are no attack. */
const RATIO_FREE_BYTES = 65_536;

/** What reading a body takes. */
export interface BodyReaderParts {
  readonly encoding: ContentEncoding;
  readonly bounds: Pick<HttpOptions, 'maxBodyBytes' | 'maxDecompressedBytes' | 'maxCompressionRatio'>;
  /** Counts what is kept. */
  readonly passage: Pick<Passage, 'addBytes'>;
  /** Ends the reading, when it is aborted, with its reason. */
  readonly signal: AbortSignal;
}

/**
 * Reads a body.
 *
 * @returns its unpacked bytes, in memory of their own.
 * @throws `MR_HTTP_BODY_TOO_LARGE`, `MR_HTTP_BODY_MALFORMED`, `MR_HTTP_BUSY`; `ClientGone`; the signal's reason.
 */
export function readBody(request: Readable, parts: BodyReaderParts): Promise<Buffer> {
  return new BodyReader(request, parts).read();
}

type Decoder = Gunzip | Inflate | BrotliDecompress;

class BodyReader {
  readonly #request: Readable;
  readonly #parts: BodyReaderParts;
  readonly #decoder: Decoder | undefined;
  readonly #result = Promise.withResolvers<Buffer>();
  #chunks: Buffer[] = [];
  #sentBytes = 0;
  #keptBytes = 0;

  constructor(request: Readable, parts: BodyReaderParts) {
    this.#request = request;
    this.#parts = parts;
    this.#decoder = decoderOf(parts.encoding);
  }

  async read(): Promise<Buffer> {
    const { signal } = this.#parts;
    signal.throwIfAborted();
    signal.addEventListener('abort', this.#onAbort, { once: true });
    this.#listenToDecoder();
    this.#request.on('data', this.#onSent);
    this.#request.once('end', this.#onSentAll);
    this.#request.once('close', this.#onClose);
    try {
      return await this.#result.promise;
    } finally {
      signal.removeEventListener('abort', this.#onAbort);
      this.#request.off('data', this.#onSent).off('end', this.#onSentAll).off('close', this.#onClose);
      this.#decoder?.destroy();
      this.#chunks = [];
    }
  }

  #listenToDecoder(): void {
    this.#decoder?.on('data', (chunk: Buffer) => this.#keep(chunk));
    this.#decoder?.on('drain', () => this.#request.resume());
    this.#decoder?.once('end', () => this.#onDecoded());
    // Stays for good: a decoder that is destroyed in its work may still fail, and nobody cares.
    this.#decoder?.on('error', (cause) => this.#fail(this.#malformed(cause.message, cause)));
  }

  readonly #onSent = (chunk: Buffer): void => {
    const { maxBodyBytes } = this.#parts.bounds;
    this.#sentBytes += chunk.length;
    if (this.#sentBytes > maxBodyBytes) this.#fail(bodyTooLarge(maxBodyBytes));
    else if (this.#decoder === undefined) this.#keep(chunk);
    else if (!this.#decoder.write(chunk)) this.#request.pause();
  };

  readonly #onSentAll = (): void => {
    if (this.#decoder === undefined) this.#finish();
    else this.#decoder.end();
  };

  /** A decoder ends where its format does; what follows there is nothing that anybody meant to send. */
  #onDecoded(): void {
    const isAll = this.#request.readableEnded && this.#decoder?.bytesWritten === this.#sentBytes;
    if (isAll) this.#finish();
    else this.#fail(this.#malformed('it goes on after its end'));
  }

  /** Comes after `end` as well, when the decoder may still be at work: then it is no news. */
  readonly #onClose = (): void => {
    if (!this.#request.readableEnded) this.#fail(new ClientGone());
  };

  readonly #onAbort = (): void => this.#fail(this.#parts.signal.reason);

  #keep(chunk: Buffer): void {
    this.#keptBytes += chunk.length;
    try {
      this.#checkUnpacked();
      this.#parts.passage.addBytes(chunk.length);
    } catch (error) {
      return this.#fail(error);
    }
    this.#chunks.push(chunk);
  }

  #checkUnpacked(): void {
    if (this.#decoder === undefined) return;
    const { maxDecompressedBytes, maxCompressionRatio } = this.#parts.bounds;
    if (this.#keptBytes > maxDecompressedBytes) {
      const message = `expected a body of at most ${maxDecompressedBytes} bytes unpacked (maxDecompressedBytes)`;
      throw httpError('MR_HTTP_BODY_TOO_LARGE', message, { details: { maxDecompressedBytes } });
    }
    const isSuspicious = this.#keptBytes > maxCompressionRatio * this.#sentBytes;
    if (this.#keptBytes <= RATIO_FREE_BYTES || !isSuspicious) return;
    const message = `expected a body that unpacks to at most ${maxCompressionRatio} times its size (maxCompressionRatio)`;
    throw httpError('MR_HTTP_BODY_TOO_LARGE', message, { details: { maxCompressionRatio } });
  }

  /** Joins what came. Not from Node's pool: a block may keep these bytes, and would keep the pool with them. */
  #finish(): void {
    const body = Buffer.allocUnsafeSlow(this.#keptBytes);
    let at = 0;
    for (const chunk of this.#chunks) at += chunk.copy(body, at);
    this.#result.resolve(body);
  }

  #malformed(problem: string, cause?: unknown): Error {
    return httpError('MR_HTTP_BODY_MALFORMED', `expected a body of ${this.#parts.encoding}: ${problem}`, {
      cause,
    });
  }

  /** Nothing is kept any more, from this very chunk on. */
  #fail(error: unknown): void {
    this.#request.off('data', this.#onSent);
    this.#decoder?.removeAllListeners('data');
    this.#result.reject(error);
  }
}

function decoderOf(encoding: ContentEncoding): Decoder | undefined {
  switch (encoding) {
    case 'identity':
      return undefined;
    case 'gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
  }
}

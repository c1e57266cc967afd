// Frames: four bytes of length, most significant first, then this number of bytes, which are one record.
//
//   ┌────────────┬──────────────────┐
//   │ length: u32│ length bytes     │ …
//   └────────────┴──────────────────┘
//
// Each record gets memory of its own: a program may keep or transfer a record without keeping the bytes received with
// it.
import type { ReceiverContext } from '@millrace/core';
import { SkippedReport } from './skipped-report.ts';
import type { SocketDecoder } from './socket-decoder.ts';
import { socketError } from './socket-errors.ts';
import type { SocketFramesOptions } from './socket-frames.options.ts';

const HEADER_BYTES = 4;

/** The memory of a byte array besides its bytes: without this term, empty frames would fill the memory uncounted. */
const ARRAY_BYTES = 208;

/** The results of decoding: a record, or the length of a frame above the bound. */
export type FramePiece =
  | { readonly kind: 'frame'; readonly bytes: Uint8Array }
  | { readonly kind: 'too-long'; readonly frameBytes: number };

/** Cuts and stores the frames of one connection. */
export class FrameDecoder implements SocketDecoder<FramePiece> {
  readonly #context: ReceiverContext<Uint8Array>;
  readonly #options: SocketFramesOptions;
  readonly #address: string;
  readonly #skipped: SkippedReport;
  readonly #header = Buffer.alloc(HEADER_BYTES);
  #headerFilled = 0;
  /** The frame being filled; undefined between frames and while a frame is left out. */
  #frame: Uint8Array | undefined;
  #frameFilled = 0;
  /** The remaining bytes of a frame that is left out. */
  #toSkip = 0;

  constructor(context: ReceiverContext<Uint8Array>, options: SocketFramesOptions, address: string) {
    this.#context = context;
    this.#options = options;
    this.#address = address;
    this.#skipped = new SkippedReport(context, {
      code: 'MR_SOCKET_LONG_FRAME',
      noun: 'frames',
      option: 'maxFrameBytes',
      maxBytes: options.maxFrameBytes,
    });
  }

  push(chunk: Buffer): readonly FramePiece[] {
    const pieces: FramePiece[] = [];
    for (let at = 0; at < chunk.byteLength;) {
      if (this.#toSkip > 0) at += this.#skip(chunk.byteLength - at);
      else if (this.#frame === undefined) at += this.#readHeader(chunk, at, pieces);
      else at += this.#fill(this.#frame, chunk, at, pieces);
    }
    return pieces;
  }

  /** A frame is complete by its length only. */
  end(): readonly FramePiece[] {
    return [];
  }

  get heldBytes(): number {
    return this.#headerFilled + this.#frameFilled;
  }

  get skippedPieces(): number {
    return this.#skipped.total;
  }

  store(piece: FramePiece): boolean | Error {
    if (piece.kind === 'frame') {
      return this.#context.store(piece.bytes, undefined, piece.bytes.byteLength + ARRAY_BYTES);
    }
    const { maxFrameBytes, onLongFrame } = this.#options;
    if (onLongFrame === 'skip') {
      this.#skipped.add();
      return true;
    }
    const { frameBytes } = piece;
    const message = `expected frames of at most ${maxFrameBytes} bytes, ${this.#address} announced one of ${frameBytes}; raise maxFrameBytes, or check that the peer sends a length of four bytes before each frame`;
    return socketError('MR_SOCKET_LONG_FRAME', message, { details: { maxFrameBytes, frameBytes } });
  }

  unfinished(address: string): Error {
    const { heldBytes } = this;
    const message = `the stream of ${address} broke inside a frame, and ${heldBytes} bytes of the frame were left out`;
    return socketError('MR_SOCKET_UNFINISHED_FRAME', message, { details: { heldBytes } });
  }

  flush(): void {
    this.#skipped.flush();
  }

  #skip(available: number): number {
    const skipped = Math.min(this.#toSkip, available);
    this.#toSkip -= skipped;
    return skipped;
  }

  #readHeader(chunk: Buffer, at: number, pieces: FramePiece[]): number {
    const taken = chunk.copy(this.#header, this.#headerFilled, at);
    this.#headerFilled += taken;
    if (this.#headerFilled < HEADER_BYTES) return taken;
    const frameBytes = this.#header.readUInt32BE(0);
    if (frameBytes > this.#options.maxFrameBytes) {
      this.#headerFilled = 0;
      this.#toSkip = frameBytes;
      pieces.push({ kind: 'too-long', frameBytes });
    } else {
      this.#frame = new Uint8Array(frameBytes);
      this.#endFrameIfFull(this.#frame, pieces);
    }
    return taken;
  }

  #fill(frame: Uint8Array, chunk: Buffer, at: number, pieces: FramePiece[]): number {
    const taken = chunk.copy(frame, this.#frameFilled, at);
    this.#frameFilled += taken;
    this.#endFrameIfFull(frame, pieces);
    return taken;
  }

  #endFrameIfFull(frame: Uint8Array, pieces: FramePiece[]): void {
    if (this.#frameFilled < frame.byteLength) return;
    pieces.push({ kind: 'frame', bytes: frame });
    this.#frame = undefined;
    this.#frameFilled = 0;
    this.#headerFilled = 0;
  }
}

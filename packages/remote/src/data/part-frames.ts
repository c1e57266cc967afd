// An answer on the wire: parts of bytes, each with a checksum behind the bytes. All numbers are 32 bits, big-endian.
//
//   number of parts │ part │ part │ …          part:  length │ bytes │ CRC-32 of the bytes
//                                              absent part:  2^32 − 1, and nothing else
//
// The checksum is behind the bytes, so that a writer computes the checksum while the socket drains: a part of 8 MiB
// would otherwise stop the thread for milliseconds before its first byte.
import { crc32 } from 'node:zlib';

/** The parts of an answer; null: the answering executor does not have the part. */
export type Parts = readonly (Uint8Array | null)[];

/** The length of a part that is absent. */
export const ABSENT = 0xffff_ffff;
/** The bytes of one number. */
export const NUMBER_BYTES = 4;

/** Numbers and short parts are gathered in buffers of this size; a longer piece is passed on as it is. */
const BUFFER_BYTES = 65_536;
const SHORT_BYTES = 16_384;

/** The number of bytes of an answer on the wire. */
export function framedBytes(parts: Parts): number {
  let bytes = NUMBER_BYTES;
  for (const part of parts) bytes += part === null ? NUMBER_BYTES : part.byteLength + 2 * NUMBER_BYTES;
  return bytes;
}

/**
 * The bytes of an answer, in pieces of at most `pieceBytes`; the last piece may be short, and so may pieces around a long
 * part. A piece of a long part is a view of the part; a checksum is computed when its bytes are taken.
 *
 * @param pieceBytes At least 4.
 */
export function* frameParts(parts: Parts, pieceBytes: number): Generator<Uint8Array, void> {
  const gathered = new Gathered(Math.min(BUFFER_BYTES, pieceBytes, framedBytes(parts)));
  yield* gathered.number(parts.length);
  for (const part of parts) {
    yield* gathered.number(part === null ? ABSENT : part.byteLength);
    if (part === null) continue;
    let checksum = 0;
    for (let from = 0; from < part.byteLength; from += pieceBytes) {
      const piece = part.subarray(from, from + pieceBytes);
      checksum = crc32(piece, checksum);
      yield* gathered.bytes(piece);
    }
    yield* gathered.number(checksum);
  }
  yield* gathered.rest();
}

/** Gathers short pieces: a write to a socket costs as much as the copy of some kilobytes. */
class Gathered {
  readonly #size: number;
  #buffer: Buffer;
  /** The gathered bytes that were not passed on: from here, up to here. */
  #from = 0;
  #used = 0;

  constructor(size: number) {
    this.#size = size;
    this.#buffer = Buffer.allocUnsafe(size);
  }

  *number(value: number): Generator<Uint8Array, void> {
    yield* this.#room(NUMBER_BYTES);
    this.#used = this.#buffer.writeUInt32BE(value, this.#used);
  }

  *bytes(piece: Uint8Array): Generator<Uint8Array, void> {
    if (piece.byteLength > Math.min(SHORT_BYTES, this.#size)) {
      yield* this.rest();
      yield piece;
      return;
    }
    yield* this.#room(piece.byteLength);
    this.#buffer.set(piece, this.#used);
    this.#used += piece.byteLength;
  }

  *rest(): Generator<Uint8Array, void> {
    if (this.#used === this.#from) return;
    const gathered = this.#buffer.subarray(this.#from, this.#used);
    this.#from = this.#used;
    yield gathered;
  }

  /** Bytes that were passed on stay as they are: a socket may still have to write the bytes. */
  *#room(bytes: number): Generator<Uint8Array, void> {
    if (this.#used + bytes <= this.#size) return;
    yield* this.rest();
    this.#buffer = Buffer.allocUnsafe(this.#size);
    this.#from = 0;
    this.#used = 0;
  }
}

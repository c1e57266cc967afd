// An answer on the wire: parts of bytes, and one checksum behind all of them. All numbers are 32 bits, big-endian.
//
//   number of parts │ length │ bytes │ length │ bytes │ … │ CRC-32 of everything before
//                      └─ 2^32 − 1: the part is absent, and no bytes follow
//
// The checksum is behind the bytes, so that a writer computes the checksum while the socket drains: an answer of 8 MiB would
// otherwise stop the thread for milliseconds before its first byte. One checksum serves all parts, because a damaged answer is
// fetched again as a whole, and each call of the system's function costs as much as some hundred bytes.
import { crc32 } from 'node:zlib';
import { ANSWER_BUFFER_BYTES, type BuffersOfAnswer } from './answer-buffers.ts';

/** The parts of an answer; null: the answering executor does not have the part. */
export type Parts = readonly (Uint8Array | null)[];

/** The length of a part that is absent. */
export const ABSENT = 0xffff_ffff;
/** The bytes of one number. */
export const NUMBER_BYTES = 4;

/** Numbers and parts up to this size are gathered in buffers; a longer part is passed on as it is. */
const SHORT_BYTES = 16_384;
/** A smaller answer is gathered in memory of its own, which Node cuts from a larger piece. */
const OWN_MEMORY_BELOW = 4_096;

/** The number of bytes of an answer on the wire. */
export function framedBytes(parts: Parts): number {
  let bytes = 2 * NUMBER_BYTES;
  for (const part of parts) bytes += NUMBER_BYTES + (part?.byteLength ?? 0);
  return bytes;
}

/**
 * The bytes of an answer, in pieces of at most `pieceBytes`. A piece of a long part is a view of the part. A piece is added to
 * the checksum when the piece is taken.
 *
 * @param pieceBytes At least 4.
 * @param buffers The buffers in which numbers and short parts are gathered. Default: new ones.
 */
export function* frameParts(
  parts: Parts,
  pieceBytes: number,
  buffers?: BuffersOfAnswer,
): Generator<Uint8Array, void> {
  let checksum = 0;
  for (const piece of uncheckedPieces(parts, pieceBytes, buffers)) {
    checksum = crc32(piece, checksum);
    yield piece;
  }
  const end = Buffer.allocUnsafe(NUMBER_BYTES);
  end.writeUInt32BE(checksum);
  yield end;
}

function* uncheckedPieces(
  parts: Parts,
  pieceBytes: number,
  buffers: BuffersOfAnswer | undefined,
): Generator<Uint8Array, void> {
  const gathered = new Gathered(Math.min(ANSWER_BUFFER_BYTES, pieceBytes, framedBytes(parts)), buffers);
  gathered.addNumber(parts.length);
  for (const part of parts) {
    if (!gathered.hasRoomFor(NUMBER_BYTES)) yield gathered.take();
    gathered.addNumber(part === null ? ABSENT : part.byteLength);
    if (part === null) continue;
    if (part.byteLength <= gathered.shortBytes) {
      if (!gathered.hasRoomFor(part.byteLength)) yield gathered.take();
      gathered.addBytes(part);
      continue;
    }
    yield gathered.take();
    for (let from = 0; from < part.byteLength; from += pieceBytes)
      yield part.subarray(from, from + pieceBytes);
  }
  if (!gathered.isEmpty) yield gathered.take();
}

/** Gathers numbers and short parts: a write to a socket costs as much as the copy of some kilobytes. */
class Gathered {
  /** The longest part that is gathered. */
  readonly shortBytes: number;
  readonly #size: number;
  readonly #buffers: BuffersOfAnswer | undefined;
  #buffer: Buffer;
  /** The gathered bytes that were not taken: from here, up to here. */
  #from = 0;
  #used = 0;

  constructor(size: number, buffers: BuffersOfAnswer | undefined) {
    this.#size = size;
    this.shortBytes = Math.min(SHORT_BYTES, size);
    this.#buffers = size < OWN_MEMORY_BELOW ? undefined : buffers;
    this.#buffer = this.#newBuffer();
  }

  get isEmpty(): boolean {
    return this.#from === this.#used;
  }

  hasRoomFor(bytes: number): boolean {
    return this.#used + bytes <= this.#size;
  }

  addNumber(value: number): void {
    this.#used = this.#buffer.writeUInt32BE(value, this.#used);
  }

  addBytes(bytes: Uint8Array): void {
    this.#buffer.set(bytes, this.#used);
    this.#used += bytes.byteLength;
  }

  /** The gathered bytes. Taken bytes stay as they are, because a socket may still have to write them. */
  take(): Uint8Array {
    const taken = this.#buffer.subarray(this.#from, this.#used);
    this.#from = this.#used;
    if (this.hasRoomFor(this.shortBytes + NUMBER_BYTES)) return taken;
    this.#buffer = this.#newBuffer();
    this.#from = 0;
    this.#used = 0;
    return taken;
  }

  #newBuffer(): Buffer {
    return this.#buffers?.take() ?? Buffer.allocUnsafe(this.#size);
  }
}

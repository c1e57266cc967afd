// Reads an answer from pieces of any size. No length in the answer is believed beyond the announced size of the whole
// answer, and each part gets memory of its own.
import { crc32 } from 'node:zlib';
import { remoteError } from '../remote-errors.ts';
import { ABSENT, NUMBER_BYTES, type Parts } from './part-frames.ts';

/** The next thing in the answer. */
type Expected = 'count' | 'length' | 'bytes' | 'checksum' | 'end';

/** Reads one answer. */
export class PartReader {
  /** The bytes of the answer that have not arrived. */
  #left: number;
  #expected: Expected = 'count';
  /** The number under way, and how many of its bytes have arrived. */
  #number = 0;
  #numberBytes = 0;
  readonly #parts: (Uint8Array | null)[] = [];
  #count = 0;
  #part = new Uint8Array();
  #filled = 0;
  #checksum = 0;

  /** @param sizeBytes The announced size of the answer. */
  constructor(sizeBytes: number) {
    this.#left = sizeBytes;
  }

  /** Takes the next bytes. @throws `MR_REMOTE_DATA_DAMAGED`. */
  push(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.byteLength) {
      if (this.#expected === 'end') throw damaged('the answer is longer than its parts');
      const taken = this.#expected === 'bytes' ? this.#fill(bytes, at) : this.#readNumber(bytes, at);
      at += taken;
      this.#left -= taken;
      if (this.#left < 0) throw damaged('the answer is longer than announced');
      this.#advance();
    }
  }

  /** The parts of a whole answer. @throws `MR_REMOTE_DATA_DAMAGED` before the end of the answer. */
  end(): Parts {
    if (this.#expected !== 'end' || this.#left !== 0) throw damaged('the answer ended early');
    return this.#parts;
  }

  #readNumber(bytes: Uint8Array, from: number): number {
    let at = from;
    for (; at < bytes.byteLength && this.#numberBytes < NUMBER_BYTES; at += 1) {
      this.#number = this.#number * 256 + (bytes[at] as number);
      this.#numberBytes += 1;
    }
    return at - from;
  }

  #fill(bytes: Uint8Array, from: number): number {
    const piece = bytes.subarray(from, from + this.#part.byteLength - this.#filled);
    this.#part.set(piece, this.#filled);
    this.#filled += piece.byteLength;
    this.#checksum = crc32(piece, this.#checksum);
    return piece.byteLength;
  }

  #advance(): void {
    if (this.#expected === 'bytes') {
      if (this.#filled === this.#part.byteLength) this.#expected = 'checksum';
      return;
    }
    if (this.#numberBytes < NUMBER_BYTES) return;
    const number = this.#number;
    this.#number = 0;
    this.#numberBytes = 0;
    if (this.#expected === 'count') this.#begin(number);
    else if (this.#expected === 'length') this.#beginPart(number);
    else this.#endPart(number);
  }

  #begin(count: number): void {
    if (count * NUMBER_BYTES > this.#left) throw damaged(`${count} parts do not fit into the answer`);
    this.#count = count;
    this.#expectNext();
  }

  #beginPart(length: number): void {
    if (length === ABSENT) {
      this.#parts.push(null);
      return this.#expectNext();
    }
    if (length + NUMBER_BYTES > this.#left)
      throw damaged(`a part of ${length} bytes does not fit into the answer`);
    // Memory outside the pool of Node: the bytes may be transferred to another thread later.
    this.#part = new Uint8Array(length);
    this.#filled = 0;
    this.#checksum = 0;
    this.#expected = length === 0 ? 'checksum' : 'bytes';
  }

  #endPart(checksum: number): void {
    if (checksum !== this.#checksum) throw damaged('the checksum of a part differs');
    this.#parts.push(this.#part);
    this.#expectNext();
  }

  #expectNext(): void {
    this.#expected = this.#parts.length === this.#count ? 'end' : 'length';
  }
}

function damaged(found: string): Error {
  return remoteError('MR_REMOTE_DATA_DAMAGED', `data of another executor arrived damaged: ${found}`);
}

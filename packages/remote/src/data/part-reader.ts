// Reads an answer from pieces of any size into one buffer, and adds the bytes to the checksum as they arrive. A socket writes
// into that buffer by itself. No length in the answer is believed beyond the size of the whole answer.
import { crc32 } from 'node:zlib';
import { remoteError } from '../remote-errors.ts';
import { ABSENT, NUMBER_BYTES, type Parts } from './part-frames.ts';

/** The largest answer, in bytes. */
const ANSWER_BYTES_MAX = 2 ** 31;

/** Reads one answer. The parts share the memory of the answer. */
export class PartReader {
  readonly #bytes: Buffer;
  /** The place of the checksum. */
  readonly #end: number;
  #filled = 0;
  #checksum = 0;

  /**
   * @param sizeBytes The announced size of the answer.
   * @throws `MR_REMOTE_DATA_DAMAGED` for a size that no answer has.
   */
  constructor(sizeBytes: number) {
    if (sizeBytes < 2 * NUMBER_BYTES || sizeBytes > ANSWER_BYTES_MAX)
      throw damaged(`the answer has ${sizeBytes} bytes`);
    this.#bytes = Buffer.allocUnsafeSlow(sizeBytes);
    this.#end = sizeBytes - NUMBER_BYTES;
  }

  /** The memory of the bytes that have not come; empty when the answer is whole. */
  free(): Uint8Array {
    return this.#bytes.subarray(this.#filled);
  }

  /** Says how many bytes have come into `free`. */
  advance(bytes: number): void {
    const to = Math.min(this.#filled + bytes, this.#end);
    if (to > this.#filled) this.#checksum = crc32(this.#bytes.subarray(this.#filled, to), this.#checksum);
    this.#filled += bytes;
  }

  /** Takes the next bytes, which are elsewhere. @throws `MR_REMOTE_DATA_DAMAGED`. */
  push(bytes: Uint8Array): void {
    if (bytes.byteLength > this.#bytes.byteLength - this.#filled)
      throw damaged('the answer is longer than announced');
    this.#bytes.set(bytes, this.#filled);
    this.advance(bytes.byteLength);
  }

  /** The parts of a whole answer. @throws `MR_REMOTE_DATA_DAMAGED`. */
  end(): Parts {
    if (this.#filled < this.#bytes.byteLength) throw damaged('the answer ended early');
    if (this.#bytes.readUInt32BE(this.#end) !== this.#checksum) throw damaged('the checksum differs');
    const count = this.#bytes.readUInt32BE(0);
    const parts: (Uint8Array | null)[] = [];
    let at = NUMBER_BYTES;
    while (parts.length < count) {
      if (at + NUMBER_BYTES > this.#end) throw damaged(`${count} parts do not fit into the answer`);
      const length = this.#bytes.readUInt32BE(at);
      at += NUMBER_BYTES;
      const bytes = length === ABSENT ? 0 : length;
      if (at + bytes > this.#end) throw damaged(`a part of ${bytes} bytes does not fit into the answer`);
      parts.push(length === ABSENT ? null : new Uint8Array(this.#bytes.buffer, at, bytes));
      at += bytes;
    }
    if (at !== this.#end) throw damaged('the answer is longer than its parts');
    return parts;
  }
}

function damaged(found: string): Error {
  return remoteError('MR_REMOTE_DATA_DAMAGED', `data of another executor arrived damaged: ${found}`);
}

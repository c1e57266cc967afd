// Reads an answer from pieces of any size into one buffer, and checks the parts as their bytes arrive. No length in the answer
// is believed beyond the announced size of the whole answer.
import { crc32 } from 'node:zlib';
import { remoteError } from '../remote-errors.ts';
import { ABSENT, NUMBER_BYTES, type Parts } from './part-frames.ts';

/** The largest answer, in bytes. */
const ANSWER_BYTES_MAX = 2 ** 31;

/** The next thing in the answer. */
type Expected = 'count' | 'length' | 'bytes' | 'checksum' | 'end';

/** Reads one answer. The parts share the memory of the answer. */
export class PartReader {
  readonly #bytes: Buffer;
  /** The number of bytes that have arrived. */
  #filled = 0;
  /** The place up to which the answer was read. */
  #at = 0;
  #expected: Expected = 'count';
  readonly #parts: (Uint8Array | null)[] = [];
  #count = 0;
  /** The part under way. */
  #partFrom = 0;
  #partTo = 0;
  #checksum = 0;

  /**
   * @param sizeBytes The announced size of the answer.
   * @throws `MR_REMOTE_DATA_DAMAGED` for more than 2 GiB.
   */
  constructor(sizeBytes: number) {
    if (sizeBytes > ANSWER_BYTES_MAX) throw damaged(`the answer has ${sizeBytes} bytes`);
    this.#bytes = Buffer.allocUnsafeSlow(sizeBytes);
  }

  /** Takes the next bytes. @throws `MR_REMOTE_DATA_DAMAGED`. */
  push(bytes: Uint8Array): void {
    if (bytes.byteLength > this.#bytes.byteLength - this.#filled)
      throw damaged('the answer is longer than announced');
    this.#bytes.set(bytes, this.#filled);
    this.#filled += bytes.byteLength;
    while (this.#advance());
  }

  /** The parts of a whole answer. @throws `MR_REMOTE_DATA_DAMAGED` before the end of the answer. */
  end(): Parts {
    if (this.#expected !== 'end') throw damaged('the answer ended early');
    if (this.#at !== this.#bytes.byteLength) throw damaged('the answer is longer than its parts');
    return this.#parts;
  }

  /** Reads on; false when more bytes have to arrive first. */
  #advance(): boolean {
    if (this.#expected === 'end') return false;
    if (this.#expected === 'bytes') return this.#sum();
    if (this.#filled - this.#at < NUMBER_BYTES) return false;
    const number = this.#bytes.readUInt32BE(this.#at);
    this.#at += NUMBER_BYTES;
    if (this.#expected === 'count') this.#begin(number);
    else if (this.#expected === 'length') this.#beginPart(number);
    else this.#endPart(number);
    return true;
  }

  /** Adds the bytes that have arrived to the checksum of the part. */
  #sum(): boolean {
    const to = Math.min(this.#filled, this.#partTo);
    if (to > this.#at) this.#checksum = crc32(this.#bytes.subarray(this.#at, to), this.#checksum);
    this.#at = to;
    if (to < this.#partTo) return false;
    this.#expected = 'checksum';
    return true;
  }

  /** The bytes behind the place that was read, also those that have not arrived. */
  get #left(): number {
    return this.#bytes.byteLength - this.#at;
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
    this.#partFrom = this.#at;
    this.#partTo = this.#at + length;
    this.#checksum = 0;
    this.#expected = 'bytes';
  }

  #endPart(checksum: number): void {
    if (checksum !== this.#checksum) throw damaged('the checksum of a part differs');
    this.#parts.push(new Uint8Array(this.#bytes.buffer, this.#partFrom, this.#partTo - this.#partFrom));
    this.#expectNext();
  }

  #expectNext(): void {
    this.#expected = this.#parts.length === this.#count ? 'end' : 'length';
  }
}

function damaged(found: string): Error {
  return remoteError('MR_REMOTE_DATA_DAMAGED', `data of another executor arrived damaged: ${found}`);
}

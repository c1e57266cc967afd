// The already read part of a file, as a length and a checksum. Both are part of every position of a replay: a continued
// replay, or a repeated reading of a range, detects a replaced file. A file that only grew is the same file.
import { crc32 } from 'node:zlib';
import { replayError } from './replay-errors.ts';

/** The beginning of a file: its first `bytes` bytes, and their CRC-32. */
export interface Prefix {
  readonly bytes: number;
  readonly crc: number;
}

/** Follows the reading of one file from its first byte on. */
export class FilePrefix implements Prefix {
  readonly #file: string;
  readonly #expected: Prefix | undefined;
  #bytes = 0;
  #crc = 0;

  /** `expected`: the required beginning of the file; undefined: any beginning. */
  constructor(file: string, expected: Prefix | undefined) {
    this.#file = file;
    this.#expected = expected;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get crc(): number {
    return this.#crc;
  }

  /** True when the file's beginning was confirmed. */
  get isConfirmed(): boolean {
    return this.#expected === undefined || this.#bytes >= this.#expected.bytes;
  }

  /** Adds the next bytes. @throws `MR_REPLAY_FILE_CHANGED` when the file is another one. */
  add(chunk: Uint8Array): void {
    const expected = this.#expected;
    if (expected !== undefined && !this.isConfirmed) {
      const rest = expected.bytes - this.#bytes;
      const isWhole = chunk.length >= rest;
      if (isWhole && crc32(chunk.subarray(0, rest), this.#crc) !== expected.crc) throw this.changed();
    }
    this.#bytes += chunk.length;
    this.#crc = crc32(chunk, this.#crc);
  }

  /** Called at the end of the file. @throws `MR_REPLAY_FILE_CHANGED` when the end came too early. */
  assertConfirmed(): void {
    if (!this.isConfirmed) throw this.changed();
  }

  /** The error for another file. */
  changed(): Error {
    const bytes = this.#expected?.bytes;
    return replayError(
      'MR_REPLAY_FILE_CHANGED',
      `expected the first ${bytes} bytes of ${this.#file} as in the first reading; the file was replaced or shortened`,
      { details: { file: this.#file, bytes } },
    );
  }
}

// Records as MessagePack, by msgpackr. Objects of one shape are written as its key list once and then as values, so
// a block of a thousand equal records costs little more than its values. The library's options here are the ones
// under which nothing comes back changed, as far as options can do that; the rest is checked and rewritten before.
//
// Layout: one byte for the form (1: as it is, 2: with awkward values rewritten), then one MessagePack array.
import { Packr, RESERVE_START_SPACE, RESET_BUFFER_MODE, Unpackr } from 'msgpackr';
import type { Codec, RecordRefusal } from '../contracts/codec.ts';
import { coreError } from '../errors/core-errors.ts';
import { restoreAwkward, rewriteAwkward } from './awkward-values.ts';
import { isRecordData } from './decoded-check.ts';
import { checkRecords, type Refusal, refusedRecords } from './record-check.ts';

const FORM_PLAIN = 1;
const FORM_REWRITTEN = 2;

/** One byte in front is left free for the form; the work buffer is used again, because the result is copied out. */
const PACK_MODE = RESERVE_START_SPACE | RESET_BUFFER_MODE | 1;

const OPTIONS = {
  // Objects are records and maps are Maps; without it both would come back as the same.
  useRecords: true,
  mapsAsObjects: false,
  // Sets, and byte arrays apart from Buffers, keep their type.
  moreTypes: true,
  useBigIntExtension: true,
  // Decoded bytes are copies, not views of the block they were in.
  copyBuffers: true,
  // A record's own field named toJSON is data.
  useToJSON: false,
};

/**
 * The default codec.
 *
 * Beyond what `Codec` says: `undefined` is kept, alone, in arrays and as the value of a key; NaN and -0 are kept; a
 * `Buffer` comes back as a `Buffer` and a `Uint8Array` as a `Uint8Array`; an object without prototype stays one.
 * Values shared by two places come back as two. Refused besides the values that `Codec` names: text with half of a
 * surrogate pair, arrays with holes, symbols as keys, the result of a match, subclasses of the built-in types, and
 * nesting deeper than 100 levels, circles included. Properties of an array other than its elements are not kept.
 */
export class MsgpackCodec implements Codec {
  readonly name = 'msgpack';
  readonly #packr = new Packr(OPTIONS);
  // References inside of a message are never written, and would make circles.
  readonly #unpackr = new Unpackr({ ...OPTIONS, structuredClone: false });

  /**
   * Encodes the records of one block. The result owns its memory.
   *
   * @throws `MR_CODEC_UNSUPPORTED_VALUE` with the path to what would come back changed.
   */
  encodeRecords(records: readonly unknown[]): Uint8Array {
    const check = checkRecords(records);
    switch (check.kind) {
      case 'refused':
        throw unsupported(check.refusal);
      case 'awkward':
        return this.#pack(rewriteAwkward(records), FORM_REWRITTEN);
      default:
        return this.#pack(records, FORM_PLAIN);
    }
  }

  /**
   * Brings the records back.
   *
   * @throws `MR_CODEC_MALFORMED` when the bytes are not what `encodeRecords` makes.
   */
  decodeRecords(bytes: Uint8Array): unknown[] {
    const form = bytes[0];
    if (form !== FORM_PLAIN && form !== FORM_REWRITTEN) {
      throw malformed(bytes, `a form of ${FORM_PLAIN} or ${FORM_REWRITTEN}, got ${String(form)}`);
    }
    const records = this.#unpack(bytes, form);
    if (!Array.isArray(records)) throw malformed(bytes, 'an array of records, got something else');
    if (!isRecordData(records)) throw malformed(bytes, 'data, got something that no record holds');
    return records;
  }

  /** Walks the records without building anything. A record whose getters throw is refused. */
  refusalsIn(records: readonly unknown[], count: number): readonly RecordRefusal[] {
    return refusedRecords(records, count);
  }

  #pack(records: unknown, form: number): Uint8Array {
    try {
      const packed = this.#packr.pack(records, PACK_MODE);
      packed[0] = form;
      return new Uint8Array(packed);
    } catch (cause) {
      // A getter that answered when it was looked at and throws now.
      const message =
        'a record must be plain data, and one throws when it is read: convert it before storing it';
      throw coreError('MR_CODEC_UNSUPPORTED_VALUE', message, { details: { path: 'records' }, cause });
    }
  }

  #unpack(bytes: Uint8Array, form: number): unknown {
    try {
      const packed = Buffer.from(bytes.buffer, bytes.byteOffset + 1, bytes.byteLength - 1);
      const records: unknown = this.#unpackr.unpack(packed);
      return form === FORM_REWRITTEN ? restoreAwkward(records) : records;
    } catch (cause) {
      throw malformed(bytes, 'MessagePack', cause);
    }
  }
}

function unsupported(refusal: Refusal): Error {
  return coreError(
    'MR_CODEC_UNSUPPORTED_VALUE',
    `a record must be plain data, and ${refusal.path} is ${refusal.found}: convert it before storing it`,
    { details: { ...refusal } },
  );
}

function malformed(bytes: Uint8Array, expected: string, cause?: unknown): Error {
  return coreError('MR_CODEC_MALFORMED', `the bytes of a block are damaged: expected ${expected}`, {
    details: { sizeBytes: bytes.byteLength },
    ...(cause === undefined ? {} : { cause }),
  });
}

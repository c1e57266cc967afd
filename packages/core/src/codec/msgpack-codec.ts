// Records as MessagePack, by msgpackr. Objects of one shape are written as one key list and then as values, so a block
// of a thousand equal records costs little more than its values. The library options here decode every value unchanged,
// as far as options allow; other values are checked and rewritten before.
//
// Layout: one byte for the form (1: unchanged, 2: with awkward values rewritten), then one MessagePack array.
import { Packr, RESERVE_START_SPACE, RESET_BUFFER_MODE, Unpackr } from 'msgpackr';
import type { Codec, RecordRefusal } from '../contracts/codec.ts';
import { coreError } from '../errors/core-errors.ts';
import { restoreAwkward, rewriteAwkward } from './awkward-values.ts';
import { isRecordData } from './decoded-check.ts';
import { checkRecords, type Refusal, refusedRecords } from './record-check.ts';

const FORM_PLAIN = 1;
const FORM_REWRITTEN = 2;

/** One byte at the front is reserved for the form; the work buffer is reused, because the result is copied. */
const PACK_MODE = RESERVE_START_SPACE | RESET_BUFFER_MODE | 1;

const OPTIONS = {
  // Objects are records and maps are Maps; without this option both would be decoded alike.
  useRecords: true,
  mapsAsObjects: false,
  // Sets, and byte arrays apart from Buffers, keep their type.
  moreTypes: true,
  useBigIntExtension: true,
  // Decoded bytes are copies, not views of the original block.
  copyBuffers: true,
  // A record's own field named toJSON is data.
  useToJSON: false,
};

/**
 * The default codec.
 *
 * Beyond the rules of `Codec`: `undefined` is preserved, alone, in arrays and as the value of a key; NaN and -0 are
 * preserved; a `Buffer` is decoded as a `Buffer` and a `Uint8Array` as a `Uint8Array`; an object without prototype
 * stays one. A value shared by two places is decoded as two values. Refused besides the values that `Codec` names: text
 * with half of a surrogate pair, arrays with holes, symbols as keys, the result of a match, subclasses of the built-in
 * types, and nesting deeper than 100 levels, circles included. Properties of an array other than its elements are
 * dropped.
 */
export class MsgpackCodec implements Codec {
  readonly name = 'msgpack';
  readonly #packr = new Packr(OPTIONS);
  // References inside a message are never written, and would make circles.
  readonly #unpackr = new Unpackr({ ...OPTIONS, structuredClone: false });

  /**
   * Encodes the records of one block. The result owns its memory.
   *
   * @throws `MR_CODEC_UNSUPPORTED_VALUE` with the path to a value that would not be decoded unchanged.
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
   * Decodes the records.
   *
   * @throws `MR_CODEC_MALFORMED` when the bytes are not an output of `encodeRecords`.
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

  /** Walks the records without building anything. A record with throwing getters is refused. */
  refusalsIn(records: readonly unknown[], count: number): readonly RecordRefusal[] {
    return refusedRecords(records, count);
  }

  #pack(records: unknown, form: number): Uint8Array {
    try {
      const packed = this.#packr.pack(records, PACK_MODE);
      packed[0] = form;
      return new Uint8Array(packed);
    } catch (cause) {
      // A getter that returned a value during the check and throws now.
      const message =
        'a record must be plain data, but reading a record throws: convert records before storing';
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

// Records as bytes. The codec defines the values that a record may hold, and refuses every value that would not survive
// encoding and decoding unchanged.
import { portToken } from './port-token.ts';

/** A record that a codec does not accept. */
export interface RecordRefusal {
  /** The index of the record in the argument. */
  readonly index: number;
  /** The path of the value in the record, for instance `record.tags[0]`. */
  readonly path: string;
  /** The value in words, for instance `an instance of Money`. */
  readonly found: string;
}

/**
 * Record ⇄ bytes. Called once per block, on executors, synchronously; must keep no state between calls.
 *
 * A record is data: null, booleans, numbers, bigints, strings, `Uint8Array`, `Date`, `Map`, `Set`, arrays and plain
 * objects of these values. `decodeRecords(encodeRecords(x))` equals `x`. Any value that would come back changed (a
 * class instance, a function, a symbol, another typed array) is refused with `MR_CODEC_UNSUPPORTED_VALUE` and the path
 * to the value. Decoding never makes an object with a changed prototype: a key `__proto__` arrives as an ordinary key.
 */
export interface Codec {
  /** The name of the encoding, for instance `'msgpack'`. Logs and checkpoints store the name beside their bytes. */
  readonly name: string;

  /** Encodes the records of one block together. */
  encodeRecords(records: readonly unknown[]): Uint8Array;

  /**
   * Decodes the records. The result owns its memory.
   *
   * @throws `MR_CODEC_MALFORMED` when the bytes are not an output of `encodeRecords`.
   */
  decodeRecords(bytes: Uint8Array): unknown[];

  /**
   * The records among the first `count` that `encodeRecords` would refuse, in their order; empty: every record is
   * accepted. The engine calls this method for every block before the block is stored, even if no block is ever
   * encoded, so an answer must cost less than encoding. Absent: the engine encodes the records as the check. Never
   * throws.
   */
  refusalsIn?(records: readonly unknown[], count: number): readonly RecordRefusal[];
}

/** The token of the codec. Shipped: `MsgpackCodec` (default). */
export const Codec = portToken<Codec>('Codec');

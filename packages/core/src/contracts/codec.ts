// Records as bytes. The codec decides what a record may hold; what it cannot bring back as it was, it refuses.
import { portToken } from './port-token.ts';

/** A record that a codec does not take. */
export interface RecordRefusal {
  /** Its place among the records that were given. */
  readonly index: number;
  /** Where in the record the value is, for instance `record.tags[0]`. */
  readonly path: string;
  /** The value in words, for instance `an instance of Money`. */
  readonly found: string;
}

/**
 * Record ⇄ bytes. Called once a block, on executors, synchronously; must keep no state between calls.
 *
 * A record is data: null, booleans, numbers, bigints, strings, `Uint8Array`, `Date`, `Map`, `Set`, arrays and plain
 * objects of those. `decodeRecords(encodeRecords(x))` equals `x`; anything that would come back changed (a class
 * instance, a function, a symbol, another typed array) is refused with `MR_CODEC_UNSUPPORTED_VALUE` and the path to
 * it. Decoding never makes an object with a changed prototype: a key `__proto__` arrives as an ordinary key.
 */
export interface Codec {
  /** The name under which logs and checkpoints remember how their bytes were made, for instance `'msgpack'`. */
  readonly name: string;

  /** Encodes the records of one block together. */
  encodeRecords(records: readonly unknown[]): Uint8Array;

  /**
   * Brings the records back. The result owns its memory.
   *
   * @throws `MR_CODEC_MALFORMED` when the bytes are not what `encodeRecords` makes.
   */
  decodeRecords(bytes: Uint8Array): unknown[];

  /**
   * The records among the first `count` that `encodeRecords` would refuse, in their order; empty: it takes all. The engine
   * asks for every block before the block is stored, also where no block is ever encoded, so an answer must cost less than
   * encoding. Absent: the engine encodes to find out. Never throws.
   */
  refusalsIn?(records: readonly unknown[], count: number): readonly RecordRefusal[];
}

/** The token of the codec. Shipped: `MsgpackCodec` (default). */
export const Codec = portToken<Codec>('Codec');

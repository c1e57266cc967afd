// The answer of a task as bytes. Bytes can be handed from thread to thread without a copy, and what comes back is what
// was sent, which a copy of objects does not promise for every value.
import type { Codec } from '@millrace/core';

/** The value alone in an array of records. @throws `MR_CODEC_UNSUPPORTED_VALUE`. */
export function encodeValue(value: unknown, codec: Codec): Uint8Array {
  return codec.encodeRecords([value]);
}

/** The counterpart of `encodeValue`. @throws `MR_CODEC_MALFORMED`. */
export function decodeValue(bytes: unknown, codec: Codec): unknown {
  return codec.decodeRecords(bytes as Uint8Array)[0];
}

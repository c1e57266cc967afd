// The answer of a task as bytes: the value alone in an array of records. Bytes can be handed from thread to thread
// without a copy.
import type { Codec } from '@millrace/core';

/** The value in the answer of a task. @throws `MR_CODEC_MALFORMED`. */
export function decodeValue(bytes: unknown, codec: Codec): unknown {
  return codec.decodeRecords(bytes as Uint8Array)[0];
}

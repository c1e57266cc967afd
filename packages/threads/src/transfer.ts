// Which bytes of an answer are handed over instead of copied. Only those that were made for this answer and that nobody
// needs any more: what tasks answer, and buckets, which are encoded for each fetch. A received block stays with its
// executor; its bytes are copied once, by the system.
import type { FetchBucketsReply, TaskOutcome } from '@millrace/core/engine';

/** The buffers to hand over with the answer to a question of this kind. */
export function transferOf(kind: string, reply: unknown): readonly ArrayBuffer[] {
  if (kind === 'RunTask') {
    const outcome = reply as TaskOutcome;
    return outcome.ok && outcome.isEncoded === true ? wholeBuffers([outcome.value]) : [];
  }
  return kind === 'FetchBuckets' ? wholeBuffers((reply as FetchBucketsReply).buckets) : [];
}

/** A view of a part would take the rest along. */
function wholeBuffers(values: readonly unknown[]): readonly ArrayBuffer[] {
  return values.flatMap((value) => {
    if (!(value instanceof Uint8Array) || !(value.buffer instanceof ArrayBuffer)) return [];
    return value.byteLength === value.buffer.byteLength && value.byteLength > 0 ? [value.buffer] : [];
  });
}

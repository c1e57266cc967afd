// Selects the bytes of a reply that are transferred instead of copied: only bytes that were made for this reply and
// have no further use. These are the results of tasks, and buckets, which are encoded for each fetch. A received block
// stays on its executor; its bytes are copied once, by the system.
import type { FetchBucketsReply, TaskOutcome } from '@millrace/core/engine';

/** The buffers to transfer with the reply to a request of this kind. */
export function transferOf(kind: string, reply: unknown): readonly ArrayBuffer[] {
  if (kind === 'RunTask') {
    const outcome = reply as TaskOutcome;
    return outcome.ok && outcome.isEncoded === true ? wholeBuffers([outcome.value]) : [];
  }
  return kind === 'FetchBuckets' ? wholeBuffers((reply as FetchBucketsReply).buckets) : [];
}

/** A view of a part would transfer the rest of the buffer as well. */
function wholeBuffers(values: readonly unknown[]): readonly ArrayBuffer[] {
  return values.flatMap((value) => {
    if (!(value instanceof Uint8Array) || !(value.buffer instanceof ArrayBuffer)) return [];
    return value.byteLength === value.buffer.byteLength && value.byteLength > 0 ? [value.buffer] : [];
  });
}

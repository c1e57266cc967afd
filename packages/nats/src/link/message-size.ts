// The size of a message as servers count it: the payload with its headers.
import { clusterError } from '../cluster-errors.ts';
import type { NatsHeaders } from './nats-link.ts';

/** `NATS/1.0`, an end of line, and the empty line behind the headers. */
const FRAME_BYTES = 12;
/** Colon, space and the end of the line. */
const LINE_BYTES = 4;

/** Throws `MR_CLUSTER_MESSAGE_TOO_LARGE` for a message that no server takes. */
export function checkMessageSize(
  subject: string,
  { data, headers, maxPayload }: { data: Uint8Array; headers?: NatsHeaders | undefined; maxPayload: number },
): void {
  const bytes = data.byteLength + headerBytes(headers);
  if (bytes <= maxPayload) return;
  throw clusterError(
    'MR_CLUSTER_MESSAGE_TOO_LARGE',
    `expected a message of at most ${maxPayload} bytes on ${subject}, got ${bytes}; raise max_payload of the servers to 8MB`,
    { details: { subject, bytes, maxPayload } },
  );
}

function headerBytes(headers: NatsHeaders = {}): number {
  const lines = Object.entries(headers);
  if (lines.length === 0) return 0;
  return lines.reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value) + LINE_BYTES,
    FRAME_BYTES,
  );
}

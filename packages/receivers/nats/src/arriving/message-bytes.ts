// The size of a message as the server counts the bytes of a request: with its subjects and headers.
import type { Msg } from '@nats-io/transport-node';

/** The bytes of a message. The library's JetStream part counts by the same function, which its types leave out. */
export function messageBytes(message: Msg): number {
  return (message as Msg & { size(): number }).size();
}

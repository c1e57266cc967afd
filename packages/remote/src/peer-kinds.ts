// The requests that executors may send to each other. Every other request belongs to the driver.
import type { PeerProtocol } from '@millrace/core/engine';

/** A request between executors. */
export type PeerKind = keyof PeerProtocol;

const KINDS: Readonly<Record<PeerKind, true>> = { FetchBuckets: true, FetchBlock: true };

/** True for a request between executors. */
export function isPeerKind(kind: string): kind is PeerKind {
  return Object.hasOwn(KINDS, kind);
}

// The messages of a replication beside the changes.
// https://www.postgresql.org/docs/current/protocol-replication.html
import { numberOf, placeAt } from './changes-position.ts';

/** A message of the server. */
export type ServerMessage =
  | { readonly kind: 'data'; readonly bytes: Buffer }
  | { readonly kind: 'keepalive'; readonly sentUpTo: string; readonly isAsking: boolean };

const DATA = 0x77;
const KEEPALIVE = 0x6b;
const STATUS = 0x72;
/** Tag, two places and a time. */
const DATA_AT = 25;
const KEEPALIVE_PLACE_AT = 1;
const KEEPALIVE_ASKING_AT = 17;
const STATUS_BYTES = 34;
/** Milliseconds from 1970 to 2000, the beginning of time in PostgreSQL. */
const EPOCH_MS = 946_684_800_000;

/** Reads a message. @throws Error for a message of another kind. */
export function serverMessage(bytes: Buffer): ServerMessage {
  const tag = bytes[0];
  if (tag === DATA) return { kind: 'data', bytes: bytes.subarray(DATA_AT) };
  if (tag !== KEEPALIVE) throw new Error(`expected data or a keepalive, got a message of kind ${tag}`);
  return {
    kind: 'keepalive',
    sentUpTo: placeAt(bytes, KEEPALIVE_PLACE_AT),
    isAsking: bytes[KEEPALIVE_ASKING_AT] === 1,
  };
}

/** The status of this receiver. */
export interface ReplicationStatus {
  /** The server may forget its log up to this place. */
  readonly confirmed: string;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  /** True: the server answers at once. */
  readonly isAsking: boolean;
}

/** Writes a status. */
export function statusMessage({ confirmed, nowMs, isAsking }: ReplicationStatus): Buffer {
  const bytes = Buffer.alloc(STATUS_BYTES);
  const place = numberOf(confirmed);
  let at = bytes.writeUInt8(STATUS);
  // Received, durable and applied: the server goes by the second one.
  for (let written = 0; written < 3; written += 1) at = bytes.writeBigUInt64BE(place, at);
  at = bytes.writeBigInt64BE(BigInt(Math.round((nowMs - EPOCH_MS) * 1_000)), at);
  bytes.writeUInt8(isAsking ? 1 : 0, at);
  return bytes;
}

// A request on the wire: bytes of the codec, and their signature in a header. The signature covers the path, the nonce and
// everything else, by a secret that driver and executors of one epoch share.
import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { Codec, ExecutorId } from '@millrace/core';
import { isPeerKind, type PeerKind } from '../peer-kinds.ts';

/** The only path of a data server; the version of the bytes is part of the path. */
export const DATA_PATH = '/v1/fetch';
/** The header of the signature. */
export const SIGNATURE_HEADER = 'millrace-signature';
/** The length of a secret, in bytes. */
const SECRET_BYTES = 32;

const SIGNATURE = /^[0-9a-f]{64}$/;
const NAME_CHARACTERS_MAX = 1_024;

/** The content of a request. */
export interface DataRequest {
  /** The executor that shall answer. */
  readonly to: ExecutorId;
  /** Random text, different for each connection of two executors. */
  readonly sender: string;
  /** Counts the tries of the sender, from 0. Together with `sender` the nonce of the request. */
  readonly count: number;
  readonly kind: PeerKind;
  readonly request: unknown;
}

/** The bytes of a request. */
export function encodeRequest(request: DataRequest, codec: Codec): Uint8Array {
  return codec.encodeRecords([request]);
}

/** The request of verified bytes; undefined when the bytes have another shape. @throws `MR_CODEC_MALFORMED`. */
export function decodeRequest(body: Uint8Array, codec: Codec): DataRequest | undefined {
  const { to, sender, count, kind, request } = (codec.decodeRecords(body)[0] ?? {}) as Partial<DataRequest>;
  if (!isName(to) || !isName(sender) || typeof kind !== 'string' || !isPeerKind(kind)) return undefined;
  if (!Number.isSafeInteger(count) || (count as number) < 0) return undefined;
  return { to, sender, count: count as number, kind, request };
}

/** The signature of a request, for its header. */
export function signatureOf(body: Uint8Array, key: KeyObject): string {
  return digestOf(body, key).toString('hex');
}

/** True when the header is the signature of the body. Takes the same time for each wrong signature. */
export function isSigned(body: Uint8Array, header: unknown, key: KeyObject): boolean {
  if (typeof header !== 'string' || !SIGNATURE.test(header)) return false;
  return timingSafeEqual(Buffer.from(header, 'hex'), digestOf(body, key));
}

/** True for bytes with the length of a secret. */
export function isSecret(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array && value.byteLength === SECRET_BYTES;
}

/** The key of signatures. @throws TypeError for a secret of another length. */
export function signingKey(secret: Uint8Array): KeyObject {
  if (secret.byteLength === SECRET_BYTES) return createSecretKey(secret);
  throw new TypeError(`expected a secret of ${SECRET_BYTES} bytes, got ${secret.byteLength}`);
}

function digestOf(body: Uint8Array, key: KeyObject): Buffer {
  return createHmac('sha256', key).update(`POST ${DATA_PATH}\n`).update(body).digest();
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length <= NAME_CHARACTERS_MAX;
}

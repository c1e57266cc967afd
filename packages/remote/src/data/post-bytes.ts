// A request as bytes, head and body, for one write of the system.
import { type DataAddress, formatDataAddress } from './data-address.ts';
import { DATA_PATH, SIGNATURE_HEADER } from './signed-request.ts';

/** A request, ready to be sent. */
export interface SignedBody {
  readonly body: Uint8Array;
  readonly signature: string;
}

/** The bytes of a request. */
export function postBytes(address: DataAddress, { body, signature }: SignedBody): Uint8Array {
  const head =
    `POST ${DATA_PATH} HTTP/1.1\r\nhost: ${formatDataAddress(address)}\r\nconnection: keep-alive\r\n` +
    `content-length: ${body.byteLength}\r\n${SIGNATURE_HEADER}: ${signature}\r\n\r\n`;
  const bytes = Buffer.allocUnsafe(head.length + body.byteLength);
  bytes.write(head, 'latin1');
  bytes.set(body, head.length);
  return bytes;
}

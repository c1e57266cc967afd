// A broker that says what a test wants, for answers that mosquitto never gives. Speaks version 5.
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** The answers of a broker. */
export interface ScriptedAnswers {
  /** The reason code of CONNACK; default 0, success. */
  readonly connack?: number;
  /** The granted session expiry in seconds, if it differs from the request. */
  readonly expirySeconds?: number;
  /** The reason code of SUBACK; default 1, quality of service 1. */
  readonly suback?: number;
  /** The reason code of a DISCONNECT right after SUBACK. */
  readonly disconnect?: number;
  /** A message at quality of service 2 right after SUBACK: its text, and a call at the end of the exchange. */
  readonly message?: { readonly text: string; readonly onCompleted: () => void };
}

const CONNECT = 0x10;
const SUBSCRIBE = 0x82;
/** The first byte, the length in one byte, and what follows. */
const HEAD_BYTES = 2;
const PUBREC = 0x50;
const PUBCOMP = 0x70;
const SESSION_EXPIRY = 0x11;

/** Listens until the end of the test; the port. */
export async function scriptedBroker(answers: ScriptedAnswers): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => answer(socket, bytes, answers));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return (server.address() as AddressInfo).port;
}

/** The client waits for every answer, so one chunk is one packet, and short. */
function answer(socket: Socket, bytes: Buffer, answers: ScriptedAnswers): void {
  const { connack = 0, expirySeconds, suback = 1, disconnect, message } = answers;
  if (bytes[0] === CONNECT) {
    const expiry = Buffer.alloc(expirySeconds === undefined ? 0 : 5);
    if (expirySeconds !== undefined) {
      expiry[0] = SESSION_EXPIRY;
      expiry.writeUInt32BE(expirySeconds, 1);
    }
    socket.write(Buffer.from([0x20, 3 + expiry.length, 0, connack, expiry.length, ...expiry]));
  } else if (bytes[0] === SUBSCRIBE) {
    const messageId = bytes.subarray(HEAD_BYTES, HEAD_BYTES + 2);
    socket.write(Buffer.from([0x90, 4, ...messageId, 0, suback]));
    if (message !== undefined) socket.write(publishPacket(message.text));
    if (disconnect !== undefined) socket.end(Buffer.from([0xe0, 2, disconnect, 0]));
  } else if (bytes[0] === PUBREC) socket.write(Buffer.from([0x62, 2, 0, 1]));
  else if (bytes[0] === PUBCOMP) message?.onCompleted();
}

/** A PUBLISH at quality of service 2 with the topic `a/b` and the message number 1. */
function publishPacket(text: string): Buffer {
  const topic = [0, 3, 0x61, 0x2f, 0x62];
  const content = [...topic, 0, 1, 0, ...Buffer.from(text)];
  return Buffer.from([0x34, content.length, ...content]);
}

// Many waiting messages in a session, written as bytes: the client library would take minutes for them.
import { once } from 'node:events';
import { connect } from 'node:net';

const CONNECT = Buffer.from([0x10, 14, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 2, 0, 0, 0, 2, 0x66, 0x31]);
const CONNACK_BYTES = 4;
const PUBACK_BYTES = 4;
const PUBLISH_QOS_1 = 0x32;
const MESSAGE_IDS = 65_535;
/** Messages without an answer, so that the broker is not flooded. */
const WINDOW = 2_000;

/** Publishes messages of one topic at quality of service 1; resolves when the broker has them. */
export async function publishMany(
  port: number,
  topic: string,
  count: number,
  payloadOf: (index: number) => string,
): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  let answered = -CONNACK_BYTES;
  let change = Promise.withResolvers<void>();
  socket.on('data', (bytes: Buffer) => {
    answered += bytes.length;
    change.resolve();
    change = Promise.withResolvers<void>();
  });
  socket.write(CONNECT);
  for (let sent = 0; sent < count;) {
    while (sent - answered / PUBACK_BYTES >= WINDOW) await change.promise;
    const packets: Buffer[] = [];
    for (let more = 0; more < WINDOW / 2 && sent < count; more += 1, sent += 1)
      packets.push(publishPacket(topic, (sent % MESSAGE_IDS) + 1, payloadOf(sent)));
    socket.write(Buffer.concat(packets));
  }
  while (answered < count * PUBACK_BYTES) await change.promise;
  socket.destroy();
}

function publishPacket(topic: string, messageId: number, payload: string): Buffer {
  const name = Buffer.from(topic);
  const content = Buffer.from(payload);
  const rest = 2 + name.length + 2 + content.length;
  const head = rest < 128 ? [rest] : [(rest % 128) | 128, Math.floor(rest / 128)];
  const ids = Buffer.from([messageId >> 8, messageId & 255]);
  const length = Buffer.from([name.length >> 8, name.length & 255]);
  return Buffer.concat([Buffer.from([PUBLISH_QOS_1, ...head]), length, name, ids, content]);
}

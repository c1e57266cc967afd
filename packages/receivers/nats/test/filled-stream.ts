// A stream with many messages, written fast: the server syncs nothing of this stream.
import { untilTrue } from '@millrace/testing';
import { PersistMode } from '@nats-io/jetstream';
import type { NatsServer } from './nats-server.ts';

const AT_ONCE = 5_000;

/** Makes a stream with this number of messages of about a hundred bytes. */
export async function filledStream(server: NatsServer, messages: number): Promise<string> {
  const stream = await server.stream({ persist_mode: PersistMode.Async });
  const { connection } = server;
  for (let id = 0; id < messages; id += 1) {
    const record = { id, customer: `customer-${id % 97}`, amount: id % 13, note: 'x'.repeat(40) };
    connection.publish(`${stream}.a`, JSON.stringify(record));
    if (id % AT_ONCE === 0) await connection.flush();
  }
  await untilTrue(async () => (await server.count(stream)) === messages);
  return stream;
}

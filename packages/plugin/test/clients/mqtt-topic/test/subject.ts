// The receiver and its source for the conformance kit: a real mosquitto, behind a proxy with faults. Every check has topics
// and a session of its own. The log of the broker tells which messages are acknowledged.
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { TcpProxy } from '@millrace/testing';
import type { ReceiverSubject, ReceiverTarget } from '@millrace/testing/conformance';
import { connectAsync } from 'mqtt';
import { mqttTopic, mqttTopicOptions, type MqttTopicRecord } from '../src/index.ts';

const WINDOW = 20;

/** The broker of the test. */
export interface Broker {
  readonly port: number;
  /** The log with every packet. */
  readonly log: string;
}

async function createTarget({ port, log }: Broker): Promise<ReceiverTarget<MqttTopicRecord>> {
  const proxy = await TcpProxy.start({ port });
  const name = `orders-${randomUUID()}`;
  const publisher = await connectAsync(`mqtt://127.0.0.1:${port}`);
  const options = { topic: `${name}/#`, clientId: name, window: WINDOW };
  // The broker keeps messages for a session from its first subscription on.
  const session = await connectAsync(`mqtt://127.0.0.1:${port}`, {
    protocolVersion: 5,
    clientId: name,
    clean: false,
    properties: { sessionExpiryInterval: 86_400 },
  });
  await session.subscribeAsync(options.topic, { qos: 1 });
  await session.endAsync();
  return {
    receiver: mqttTopic({ url: `mqtt://${proxy.host}:${proxy.port}`, ...options }),
    // The id is in the topic too, because the log of the broker shows topics.
    send: async (ids) => {
      for (const id of ids)
        await publisher.publishAsync(`${name}/${id}`, JSON.stringify({ id, value: id / 2 }), { qos: 1 });
    },
    idOf: ({ id }) => (typeof id === 'number' ? id : undefined),
    acknowledged: async () => acknowledgedIn(await readFile(log, 'utf8'), name),
    sendPoison: async () =>
      void (await publisher.publishAsync(`${name}/poison`, '{"id": no number}', { qos: 1 })),
    disconnect: () => proxy.cut(),
    setReachable: (isReachable) => proxy.setReachable(isReachable),
    dispose: async () => {
      await proxy.close();
      await publisher.endAsync();
      // A clean start ends the session.
      const last = await connectAsync(`mqtt://127.0.0.1:${port}`, {
        protocolVersion: 5,
        clientId: name,
        clean: true,
      });
      await last.endAsync();
    },
  };
}

/** The ids of messages with a PUBACK of a session. Numbers of messages are used again. */
function acknowledgedIn(log: string, session: string): readonly number[] {
  const acknowledged: number[] = [];
  const sent = new Map<string, number>();
  for (const line of log.split('\n')) {
    if (!line.includes(session)) continue;
    const [, message = '', id] =
      /Sending PUBLISH to \S+ \(d\d, q1, r\d, m(\d+), '[^']*\/(\d+)'/.exec(line) ?? [];
    if (id !== undefined) sent.set(message, Number(id));
    const [, done] = /Received PUBACK from \S+ \(Mid: (\d+)/.exec(line) ?? [];
    const known = done === undefined ? undefined : sent.get(done);
    if (known !== undefined) acknowledged.push(known);
  }
  return acknowledged;
}

/** The subject of the kit, over the broker on a port. */
export function subject(module: string, broker: Broker): ReceiverSubject<MqttTopicRecord> {
  return {
    name: 'mqttTopic',
    module,
    capabilities: mqttTopic.capabilities,
    create: () => createTarget(broker),
    inFlightMax: WINDOW,
    options: {
      schema: mqttTopicOptions,
      published: [{ input: { url: 'mqtt://h', topic: 't', clientId: 'c' }, output: { window: 1_000 } }],
    },
  };
}

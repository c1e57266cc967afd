// `mqttTopics` over a real broker: acknowledgements, sessions, bounds, and ends of connections.
import { setTimeout } from 'node:timers/promises';
import { untilTrue } from '@millrace/testing';
import { describe, expect, onTestFinished } from 'vitest';
import { RunningReceiver } from '../../../../tools/servers/running-receiver.ts';
import { mqttTopics, type MqttTopicsInput } from '../src/index.ts';
import type { Broker } from './broker.ts';
import { withMosquitto } from './with-mosquitto.ts';

const { itWithMosquitto } = withMosquitto();

type Options = Partial<MqttTopicsInput>;

/** Starts a receiver of the topics below a name; the proxy is in between. */
function start(
  { proxy }: Broker,
  name: string,
  options: Options = {},
  room?: number,
): Promise<RunningReceiver> {
  const { host, port } = proxy;
  return RunningReceiver.start(
    mqttTopics({ host, port, topics: [`${name}/#`], clientId: name, ...options }),
    { room },
  );
}

const ids = (count: number, from = 0): readonly number[] =>
  Array.from({ length: count }, (_, index) => from + index);
const records = (count: number, from = 0): readonly object[] => ids(count, from).map((id) => ({ id }));

for (const protocolVersion of ['5', '3.1.1'] as const) {
  describe(`messages at quality of service 1 (${protocolVersion})`, () => {
    itWithMosquitto('are acknowledged when durable, and not before', async (broker) => {
      const name = broker.name();
      const receiver = await start(broker, name, { protocolVersion });
      await broker.publishIds(name, ids(5));
      await receiver.has(5);
      expect(receiver.records).toEqual(records(5));
      await receiver.acknowledge(2);
      await untilTrue(async () => (await broker.acknowledged(name)).length === 2);
      await receiver.acknowledge(1);
      await untilTrue(async () => (await broker.acknowledged(name)).length === 3);
      expect(await broker.acknowledged(name)).toEqual([0, 1, 2]);
    });

    itWithMosquitto('come again in order after a cut, as far as not acknowledged', async (broker) => {
      const name = broker.name();
      const first = await start(broker, name, { protocolVersion });
      await broker.publishIds(name, ids(6));
      await first.has(6);
      await first.acknowledge(2);
      await untilTrue(async () => (await broker.acknowledged(name)).length === 2);
      broker.proxy.cut();
      await untilTrue(() => first.restartCode !== undefined);
      expect(first.restartCode).toBe('MR_MQTT_UNREACHABLE');
      await first.end();
      const second = await start(broker, name, { protocolVersion });
      await second.has(4);
      expect(second.records).toEqual(records(4, 2));
      expect(second.receiver.gauges?.()).toEqual({ redeliveredRecords: 4 });
      // Acknowledgements of the dead connection go nowhere.
      await first.acknowledge();
      await second.acknowledge(1);
      await untilTrue(async () => (await broker.acknowledged(name)).length === 3);
      expect(await broker.acknowledged(name)).toEqual([0, 1, 2]);
    });

    itWithMosquitto('wait at the broker while the receiver is away', async (broker) => {
      const name = broker.name();
      const first = await start(broker, name, { protocolVersion });
      await first.end();
      await broker.publishIds(name, ids(50));
      const second = await start(broker, name, { protocolVersion });
      await second.has(20);
      for (let acknowledged = 0; acknowledged < 50; acknowledged += 20) {
        await second.has(Math.min(50, acknowledged + 20));
        await second.acknowledge();
      }
      expect(second.records).toEqual(records(50));
    });

    itWithMosquitto('are at most maxInFlight', async (broker) => {
      const name = broker.name();
      const receiver = await start(broker, name, { protocolVersion, maxInFlight: 10 });
      await broker.publishIds(name, ids(30));
      await receiver.has(10);
      await setTimeout(200);
      expect(receiver.records).toHaveLength(10);
      await receiver.acknowledge(3);
      await receiver.has(13);
      await setTimeout(200);
      expect(receiver.records).toEqual(records(13));
    });

    itWithMosquitto(
      'are at most maxBytesInFlight, in a connection that outlives the hold',
      async (broker) => {
        const name = broker.name();
        const options = { protocolVersion, maxBytesInFlight: 250_000, keepAliveMs: 2_000, maxInFlight: 20 };
        const receiver = await start(broker, name, options);
        await broker.publishIds(name, ids(10), { text: 'x'.repeat(100_000) });
        await receiver.has(2);
        // Longer than the broker and the client wait for a silent other side.
        await setTimeout(4_500);
        expect(receiver.records).toHaveLength(2);
        for (let count = 2; count < 10; count += 2) {
          await receiver.acknowledge();
          await receiver.has(count + 2);
        }
        expect(receiver.context.restarts).toEqual([]);
        await receiver.acknowledge();
        await untilTrue(async () => (await broker.acknowledged(name)).length === 10);
      },
    );

    itWithMosquitto('start and end while there is no room', async (broker) => {
      const name = broker.name();
      const first = await start(broker, name, { protocolVersion });
      await first.end();
      await broker.publishIds(name, ids(5));
      const second = await start(broker, name, { protocolVersion }, 1);
      await second.has(1);
      await second.end();
      const third = await start(broker, name, { protocolVersion });
      await third.has(5);
      expect(third.records).toEqual(records(5));
    });
  });
}

describe('malformed messages', () => {
  itWithMosquitto('are acknowledged in the order of arrival when left out', async (broker) => {
    const name = broker.name();
    const receiver = await start(broker, name, { onMalformed: 'skip' });
    await broker.publish(`${name}/0`, '{');
    await untilTrue(async () => (await broker.acknowledged(name)).length === 1);
    await broker.publish(`${name}/1`, '1');
    await broker.publish(`${name}/2`, '{');
    await broker.publish(`${name}/3`, '3');
    await receiver.has(2);
    expect(await broker.acknowledged(name)).toEqual([0]);
    await receiver.acknowledge(1);
    await untilTrue(async () => (await broker.acknowledged(name)).length === 3);
    expect(await broker.acknowledged(name)).toEqual([0, 1, 2]);
    expect(receiver.context.errors).toMatchObject([{ error: { code: 'MR_MQTT_MALFORMED' } }]);
  });

  itWithMosquitto('end the receiver otherwise, and stay at the broker', async (broker) => {
    const name = broker.name();
    const receiver = await start(broker, name);
    await broker.publish(`${name}/0`, '{"secret');
    await broker.publish(`${name}/1`, '1');
    await untilTrue(() => receiver.context.stops.length === 1);
    expect(receiver.context.stops).toMatchObject([{ error: { code: 'MR_MQTT_MALFORMED' } }]);
    expect(receiver.context.stops[0]?.message).not.toContain('secret');
    await receiver.end();
    const next = await start(broker, name, { value: 'text' });
    await next.has(2);
    expect(next.records).toEqual(['{"secret', '1']);
  });
});

describe('a session', () => {
  itWithMosquitto('brings retained messages once', async (broker) => {
    const name = broker.name();
    await broker.publish(`${name}/kept`, '{"id":0}', { retain: true });
    onTestFinished(() => broker.publish(`${name}/kept`, '', { retain: true }));
    const first = await start(broker, name, { record: 'full' });
    await first.has(1);
    expect(first.records).toMatchObject([{ topic: `${name}/kept`, isRetained: true, value: { id: 0 } }]);
    await first.acknowledge();
    await first.end();
    const second = await start(broker, name, { record: 'full' });
    await broker.publishIds(name, [1]);
    await second.has(1);
    expect(second.records).toMatchObject([{ isRetained: false, value: { id: 1 } }]);
  });

  itWithMosquitto('takes topics that are added later', async (broker) => {
    const [name, other] = [broker.name(), broker.name()];
    const first = await start(broker, name);
    await first.end();
    const second = await start(broker, name, { topics: [`${name}/#`, `${other}/+`] });
    await broker.publishIds(other, [1]);
    await second.has(1);
  });

  itWithMosquitto('is taken by another client of the same name', async (broker) => {
    const name = broker.name();
    const first = await start(broker, name);
    const second = await start(broker, name);
    // This broker tells no reason.
    await untilTrue(() => first.restartCode === 'MR_MQTT_UNREACHABLE');
    expect(second.restartCode).toBeUndefined();
  });

  itWithMosquitto('shares topics with other clients', async (broker) => {
    const name = broker.name();
    const members = await Promise.all(
      ['a', 'b'].map((member) => start(broker, `${name}-${member}`, { topics: [`$share/group/${name}/#`] })),
    );
    await broker.publishIds(name, ids(20));
    await untilTrue(() => members.reduce((sum, { records: some }) => sum + some.length, 0) === 20);
    expect(members.every(({ records: some }) => some.length > 0)).toBe(true);
  });
});

itWithMosquitto(
  'a message that was published at quality of service 0 needs no acknowledgement',
  async (broker) => {
    const name = broker.name();
    const receiver = await start(broker, name);
    await broker.publish(`${name}/0`, '0', { qos: 0 });
    await broker.publish(`${name}/1`, '1');
    await receiver.has(2);
    await receiver.acknowledge();
    await untilTrue(async () => (await broker.acknowledged(name)).length === 1);
    expect(await broker.acknowledged(name)).toEqual([1]);
  },
);

itWithMosquitto('a full record tells what the sender told', async (broker) => {
  const name = broker.name();
  const receiver = await start(broker, name, { record: 'full', value: 'bytes' });
  await broker.publish(`${name}/a`, Buffer.from([1, 2]));
  await receiver.has(1);
  expect(receiver.records).toEqual([
    {
      topic: `${name}/a`,
      value: new Uint8Array([1, 2]),
      isRetained: false,
      isRepeated: false,
      userProperties: [],
      contentType: null,
      responseTopic: null,
      correlationData: null,
    },
  ]);
});

itWithMosquitto('a broker that is silent is given up', async (broker) => {
  const name = broker.name();
  const receiver = await start(broker, name, { keepAliveMs: 1_000 });
  broker.proxy.goSilent();
  onTestFinished(() => broker.proxy.flow());
  await untilTrue(() => receiver.restartCode !== undefined);
  expect(receiver.restartCode).toBe('MR_MQTT_UNREACHABLE');
});

itWithMosquitto('a receiver may stop while it connects to a silent broker', async (broker) => {
  broker.proxy.goSilent();
  onTestFinished(() => broker.proxy.flow());
  const name = broker.name();
  const { host, port } = broker.proxy;
  const receiver = new RunningReceiver(mqttTopics({ host, port, topics: [name], clientId: name }));
  const starting = receiver.context.start(receiver.receiver);
  await setTimeout(20);
  await receiver.end();
  await starting;
  expect(receiver.context.restarts).toEqual([]);
});

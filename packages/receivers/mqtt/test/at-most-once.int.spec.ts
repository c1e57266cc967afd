// `mqttAtMostOnce` over a real broker: what is kept, what is dropped, and what is lost.
import { untilTrue } from '@millrace/testing';
import { describe, expect } from 'vitest';
import { RunningReceiver } from '../../../../tools/servers/running-receiver.ts';
import { mqttAtMostOnce, type MqttAtMostOnceInput } from '../src/index.ts';
import type { Broker } from './broker.ts';
import { withMosquitto } from './with-mosquitto.ts';

const { itWithMosquitto } = withMosquitto();

function start(
  { proxy }: Broker,
  name: string,
  options: Partial<MqttAtMostOnceInput> = {},
  room?: number,
): Promise<RunningReceiver> {
  const { host, port } = proxy;
  return RunningReceiver.start(mqttAtMostOnce({ host, port, topics: [`${name}/#`], ...options }), { room });
}

const dropped = (receiver: RunningReceiver) => receiver.receiver.gauges?.().droppedRecords ?? 0;

describe.each(['5', '3.1.1'] as const)('messages at quality of service 0 (%s)', (protocolVersion) => {
  itWithMosquitto('are stored in order', async (broker) => {
    const name = broker.name();
    const receiver = await start(broker, name, { protocolVersion });
    await broker.publishIds(name, [0, 1, 2]);
    await receiver.has(3);
    expect(receiver.records).toEqual([{ id: 0 }, { id: 1 }, { id: 2 }]);
    expect(receiver.context.unacknowledged.filter((token) => token !== undefined)).toEqual([]);
  });

  itWithMosquitto('wait for room up to maxBytesHeld, and are dropped and counted beyond', async (broker) => {
    const name = broker.name();
    const receiver = await start(broker, name, { protocolVersion, maxBytesHeld: 5_000 }, 1);
    await broker.publishIds(
      name,
      Array.from({ length: 21 }, (_, id) => id),
      { text: 'x'.repeat(600) },
    );
    await untilTrue(() => dropped(receiver) >= 15);
    expect(receiver.records).toHaveLength(1);
    receiver.context.makeRoom();
    await receiver.has(6);
    expect(receiver.records).toHaveLength(21 - dropped(receiver));
    expect(receiver.context.errors).toMatchObject([{ error: { code: 'MR_MQTT_DROPPED' } }]);
    await broker.publishIds(name, [99]);
    await untilTrue(() => (receiver.records.at(-1) as { readonly id: number }).id === 99);
  });

  itWithMosquitto('of the time while the receiver is away are lost', async (broker) => {
    const name = broker.name();
    const options = { protocolVersion, clientId: name };
    const first = await start(broker, name, options);
    broker.proxy.cut();
    await untilTrue(() => first.restartCode === 'MR_MQTT_UNREACHABLE');
    await first.end();
    await broker.publishIds(name, [0]);
    const second = await start(broker, name, options);
    await broker.publishIds(name, [1]);
    await second.has(1);
    expect(second.records).toEqual([{ id: 1 }]);
  });
});

// Topics of a real broker, behind a proxy, as the source of both receivers in the conformance kit.
import { setTimeout } from 'node:timers/promises';
import type { ConfiguredReceiver } from '@millrace/core';
import type { ReceiverTarget } from '@millrace/testing/conformance';
import { mqttAtMostOnce, type MqttAtMostOnceInput, mqttTopics, type MqttTopicsInput } from '../src/index.ts';
import type { Broker } from './broker.ts';

const TEXT = 'x'.repeat(2_000);
/** A busy broker takes its time. */
const WAIT_MS = 20_000;
const LOOK_MS = 10;

/** A source at quality of service 1. */
export async function topicsTarget(
  broker: Broker,
  options: Partial<MqttTopicsInput> = {},
): Promise<ReceiverTarget<unknown>> {
  const name = broker.name();
  const { host, port } = broker.proxy;
  await broker.openSession(name, `${name}/#`);
  const topics = { topics: [`${name}/#`], clientId: name };
  return {
    ...targetOf(broker, name, mqttTopics({ host, port, ...topics, ...options })),
    send: (ids) => broker.publishIds(name, ids, { text: TEXT }),
    acknowledged: () => broker.acknowledged(name),
  };
}

/** A source at quality of service 0, which keeps nothing for a receiver that is away. */
export function atMostOnceTarget(
  broker: Broker,
  options: Partial<MqttAtMostOnceInput> = {},
): ReceiverTarget<unknown> {
  const name = broker.name();
  const { host, port } = broker.proxy;
  const receiver = mqttAtMostOnce({ host, port, topics: [`${name}/#`], clientId: name, ...options });
  return {
    ...targetOf(broker, name, receiver),
    send: async (ids) => {
      // Without a subscription, as after a stop, the messages go nowhere.
      const isOver = () => broker.hasLeft(name);
      await within(WAIT_MS, async () => (await broker.isSubscribed(name)) || (await isOver()));
      const passed = broker.proxy.receivedBytes + ids.length * TEXT.length;
      await broker.publishIds(name, ids, { text: TEXT });
      await within(WAIT_MS, async () => broker.proxy.receivedBytes >= passed || (await isOver()));
    },
  };
}

/** Waits for a condition, or for this time. */
async function within(waitMs: number, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let waitedMs = 0; waitedMs < waitMs && !(await holds()); waitedMs += LOOK_MS)
    await setTimeout(LOOK_MS);
}

function targetOf(
  broker: Broker,
  name: string,
  receiver: ConfiguredReceiver<unknown>,
): Omit<ReceiverTarget<unknown>, 'send'> {
  const { proxy } = broker;
  const received = proxy.receivedBytes;
  return {
    receiver,
    idOf: (record) => {
      const { id } = Object(record) as { readonly id?: unknown };
      return typeof id === 'number' ? id : undefined;
    },
    takenBytes: () => proxy.receivedBytes - received,
    disconnect: () => proxy.cut(),
    setReachable: (isReachable) => proxy.setReachable(isReachable),
    sendPoison: () => broker.publish(`${name}/poison`, '{"id": no number}'),
    dispose: async () => {
      await proxy.setReachable(true);
      proxy.cut();
      await broker.endSession(name);
    },
  };
}

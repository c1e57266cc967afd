// `amqpQueue` over a real broker: acknowledgements, bounds, queues that are missing, and connections with TLS and a password.
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { untilTrue } from '@millrace/testing';
import { describe, expect, onTestFinished } from 'vitest';
import { RunningReceiver } from '../../../../tools/servers/running-receiver.ts';
import { amqpQueue, type AmqpQueueInput } from '../src/index.ts';
import type { Broker } from './broker.ts';
import { withRabbit } from './with-rabbit.ts';

const PASSWORD = 'correct horse battery';
const CERTIFICATE = fileURLToPath(new URL('../../../../tools/servers/kafka/localhost.pem', import.meta.url));

const { itWithRabbit } = withRabbit();

/** Starts a receiver of a queue; the proxy is in between. */
function start(
  { proxy }: Broker,
  queue: string,
  options: Partial<AmqpQueueInput> = {},
  room?: number,
): Promise<RunningReceiver> {
  const { host, port } = proxy;
  return RunningReceiver.start(amqpQueue({ host, port, queue, ...options }), { room });
}

const ids = (count: number, from = 0): readonly number[] =>
  Array.from({ length: count }, (_, index) => from + index);
const records = (count: number, from = 0): readonly object[] => ids(count, from).map((id) => ({ id }));
const left = (broker: Broker, queue: string, count: number) =>
  untilTrue(async () => (await broker.messages(queue)) === count);

describe('messages of a queue', () => {
  itWithRabbit('are acknowledged when durable, and not before', async (broker) => {
    const queue = await broker.queue();
    const receiver = await start(broker, queue);
    await broker.publishIds(queue, ids(5));
    await receiver.has(5);
    expect(receiver.records).toEqual(records(5));
    expect(await broker.messages(queue)).toBe(5);
    await receiver.acknowledge(2);
    await left(broker, queue, 3);
    await receiver.acknowledge();
    await left(broker, queue, 0);
  });

  itWithRabbit('come again in order after a cut, as far as not acknowledged', async (broker) => {
    const queue = await broker.queue();
    const first = await start(broker, queue);
    await broker.publishIds(queue, ids(6));
    await first.has(6);
    await first.acknowledge(2);
    await left(broker, queue, 4);
    broker.proxy.cut();
    await untilTrue(() => first.restartCode !== undefined);
    expect(first.restartCode).toBe('MR_AMQP_UNREACHABLE');
    await expect(first.acknowledge()).rejects.toMatchObject({ code: 'MR_AMQP_UNREACHABLE' });
    await first.end();
    const second = await start(broker, queue);
    await second.has(4);
    expect(second.records).toEqual(records(4, 2));
    expect(second.receiver.gauges?.()).toEqual({ redeliveredRecords: 4 });
  });

  itWithRabbit('are acknowledged after a stop, too', async (broker) => {
    const queue = await broker.queue();
    const receiver = await start(broker, queue);
    await broker.publishIds(queue, ids(3));
    await receiver.has(3);
    receiver.context.abort();
    await receiver.receiver.stop({ kind: 'stopped', message: '' });
    await receiver.acknowledge();
    await receiver.receiver.closed?.();
    await left(broker, queue, 0);
  });

  itWithRabbit('are at most maxInFlight', async (broker) => {
    const queue = await broker.queue();
    await broker.publishIds(queue, ids(30));
    const receiver = await start(broker, queue, { maxInFlight: 10 });
    await receiver.has(10);
    await setTimeout(200);
    expect(receiver.records).toHaveLength(10);
    await receiver.acknowledge(3);
    await receiver.has(13);
    await setTimeout(200);
    expect(receiver.records).toEqual(records(13));
  });

  itWithRabbit('are at most maxBytesInFlight, in a connection that outlives the hold', async (broker) => {
    const queue = await broker.queue();
    await broker.publishIds(queue, ids(300), { text: 'x'.repeat(100_000) });
    const before = broker.proxy.receivedBytes;
    const receiver = await start(broker, queue, { maxBytesInFlight: 250_000, heartbeatMs: 2_000 });
    await receiver.has(2);
    // Longer than the broker and the client wait for a silent other side.
    await setTimeout(5_000);
    expect(receiver.records).toHaveLength(2);
    // The rest of 30 MB waits at the broker, but for the buffers of sockets.
    expect(broker.proxy.receivedBytes - before).toBeLessThan(20_000_000);
    for (let count = 2; count < 40; count += 2) {
      await receiver.acknowledge();
      await receiver.has(count + 2);
    }
    expect(receiver.context.restarts).toEqual([]);
    await receiver.acknowledge();
    await left(broker, queue, 260);
  });

  itWithRabbit('start and end while there is no room', async (broker) => {
    const queue = await broker.queue();
    await broker.publishIds(queue, ids(500));
    const first = await start(broker, queue, {}, 1);
    await first.has(1);
    await first.end();
    const second = await start(broker, queue);
    await second.has(500);
    expect(second.records).toEqual(records(500));
  });

  itWithRabbit(
    'of another form are left out, and acknowledged with the stored ones in front',
    async (broker) => {
      const queue = await broker.queue();
      const receiver = await start(broker, queue, { onMalformed: 'skip' });
      await broker.publish(queue, ['{']);
      await left(broker, queue, 0);
      await broker.publish(queue, ['1', '{', '3']);
      await receiver.has(2);
      expect(await broker.messages(queue)).toBe(3);
      await receiver.acknowledge(1);
      await left(broker, queue, 1);
      expect(receiver.context.errors).toMatchObject([{ error: { code: 'MR_AMQP_MALFORMED' } }]);
    },
  );

  itWithRabbit('of another form end the receiver otherwise, and stay in the queue', async (broker) => {
    const queue = await broker.queue();
    await broker.publish(queue, ['1', '{"secret', '3']);
    const receiver = await start(broker, queue);
    await untilTrue(() => receiver.context.stops.length === 1);
    expect(receiver.context.stops).toMatchObject([{ error: { code: 'MR_AMQP_MALFORMED' } }]);
    expect(receiver.context.stops[0]?.message).not.toContain('secret');
    await receiver.acknowledge();
    await receiver.end();
    const next = await start(broker, queue, { value: 'text' });
    await next.has(2);
    expect(next.records).toEqual(['{"secret', '3']);
  });

  itWithRabbit('tell everything with full records', async (broker) => {
    const queue = await broker.queue();
    const options = { messageId: 'm', headers: { a: 1 }, timestamp: 5, contentType: 'application/json' };
    await broker.publish(queue, ['1'], options);
    const receiver = await start(broker, queue, { record: 'full' });
    await receiver.has(1);
    expect(receiver.records).toMatchObject([
      { value: 1, exchange: '', routingKey: queue, messageId: 'm', headers: [['a', 1]], timestampSeconds: 5 },
    ]);
  });
});

describe('a queue', () => {
  itWithRabbit('that is missing is an error at the start, or is made on request', async (broker) => {
    const missing = await start(broker, 'open-nowhere');
    expect(missing.context.restarts).toMatchObject([
      { error: { code: 'MR_AMQP_QUEUE_UNKNOWN', disposition: 'stop-engine' } },
    ]);
    const queue = `${await broker.queue()}-made`;
    const made = await start(broker, queue, { create: true });
    expect(made.context.restarts).toEqual([]);
    await broker.publishIds(queue, [1]);
    await made.has(1);
  });

  itWithRabbit('that differs from create is an error at the start', async (broker) => {
    const queue = await broker.queue({ arguments: { 'x-queue-type': 'quorum' } });
    const receiver = await start(broker, queue, { create: true });
    expect(receiver.restartCode).toBe('MR_AMQP_QUEUE_DIFFERS');
    const other = await start(broker, queue);
    await broker.publishIds(queue, ids(3));
    await other.has(3);
  });

  itWithRabbit('that is deleted restarts the receiver', async (broker) => {
    const queue = await broker.queue();
    const receiver = await start(broker, queue);
    await broker.deleteQueue(queue);
    await untilTrue(() => receiver.restartCode !== undefined);
    expect(receiver.restartCode).toBe('MR_AMQP_QUEUE_GONE');
  });
});

itWithRabbit('a broker that is silent is given up', async (broker) => {
  const receiver = await start(broker, await broker.queue(), { heartbeatMs: 1_000 });
  broker.proxy.goSilent();
  onTestFinished(() => broker.proxy.flow());
  await untilTrue(() => receiver.restartCode !== undefined);
  expect(receiver.restartCode).toBe('MR_AMQP_UNREACHABLE');
});

itWithRabbit('a receiver may stop while it connects to a silent broker', async (broker) => {
  broker.proxy.goSilent();
  onTestFinished(() => broker.proxy.flow());
  const { host, port } = broker.proxy;
  const receiver = new RunningReceiver(amqpQueue({ host, port, queue: 'q' }));
  const starting = receiver.context.start(receiver.receiver);
  await setTimeout(20);
  await receiver.end();
  await starting;
  expect(receiver.context.restarts).toEqual([]);
});

describe('a connection with TLS and a password', () => {
  const RIGHT = { username: 'ann', password: PASSWORD, tls: { caFile: CERTIFICATE } };
  const configured = async (broker: Broker, options: Partial<AmqpQueueInput>) => {
    const place = options.url === undefined ? { host: 'localhost', port: broker.securedPort } : {};
    return amqpQueue({ ...place, queue: await broker.queue(), ...options });
  };

  itWithRabbit('reads, by single options and by a URL', async (broker) => {
    const url = `amqps://ann:${encodeURIComponent(PASSWORD)}@localhost:${broker.securedPort}`;
    for (const options of [RIGHT, { url, tls: RIGHT.tls }]) {
      const receiver = await configured(broker, options);
      const { context } = await RunningReceiver.start(receiver);
      expect(context.restarts).toEqual([]);
      expect(inspect([receiver.description, context.log.lines], { depth: 10 })).not.toContain('horse');
    }
  });

  const WRONG: readonly (readonly [string, Partial<AmqpQueueInput>, string])[] = [
    ['a wrong password', { password: 'wrong horse battery' }, 'MR_AMQP_DENIED'],
    ['a wrong vhost', { vhost: 'nowhere' }, 'MR_AMQP_DENIED'],
    ['a queue without permission', { queue: 'closed', create: true }, 'MR_AMQP_DENIED'],
    ['no TLS', { tls: undefined, connectTimeoutMs: 2_000 }, 'MR_AMQP_UNREACHABLE'],
    ['an untrusted certificate', { tls: {} }, 'MR_AMQP_UNREACHABLE'],
    ['a missing file', { tls: { caFile: 'nowhere.pem' } }, 'MR_AMQP_TLS_UNUSABLE'],
    ['a wrong name', { tls: { serverName: 'other', caFile: CERTIFICATE } }, 'MR_AMQP_UNREACHABLE'],
    ['no broker', { port: 1 }, 'MR_AMQP_UNREACHABLE'],
  ];
  for (const [what, options, code] of WRONG) {
    itWithRabbit(`reports ${what}, and repeats no password`, async (broker) => {
      const { context } = await RunningReceiver.start(await configured(broker, { ...RIGHT, ...options }));
      expect(context.restarts).toMatchObject([{ error: { code } }]);
      const texts = inspect([context.restarts, context.log.lines], { depth: 10, showHidden: true });
      expect(texts).not.toContain('horse');
    });
  }
});

// `jetstreamRecords` over a real server: acknowledgements, what comes again, consumers that do not fit, bounds.
import { setTimeout } from 'node:timers/promises';
import { untilTrue } from '@millrace/testing';
import { describe, expect } from 'vitest';
import { RunningReceiver } from '../../../../tools/servers/running-receiver.ts';
import { jetstreamRecords, type JetstreamRecordsInput } from '../src/index.ts';
import type { NatsServer } from './nats-server.ts';
import { withNats } from './with-nats.ts';

const { itWithNats } = withNats();

type Options = Partial<JetstreamRecordsInput> & { readonly stream: string };

function configured({ server }: NatsServer, options: Options) {
  const place = { host: '127.0.0.1', port: server.port };
  return jetstreamRecords({ ...place, consumer: 'c', create: true, ...options });
}

const run = (server: NatsServer, options: Options, room?: number) =>
  RunningReceiver.start(configured(server, options), { room });
const write = (server: NatsServer, stream: string, ...values: readonly unknown[]) =>
  server.write(
    `${stream}.a`,
    values.map((value) => JSON.stringify(value)),
  );
const idsOf = (...all: readonly RunningReceiver[]) =>
  all.flatMap(({ records }) => records).toSorted((a, b) => Number(a) - Number(b));
const waiting = async (server: NatsServer, stream: string) => (await server.sequences(stream)).length;

describe('a consumer', () => {
  itWithNats('is made with the options, and shared', async (server) => {
    const stream = await server.stream();
    await server.write(`${stream}.b`, ['0']);
    await write(server, stream, 1, 2, 3);
    const options = { stream, subjects: [`${stream}.a`], from: { sequence: 3 }, maxInFlight: 7 } as const;
    const both = [await run(server, options), await run(server, options)];
    await untilTrue(() => idsOf(...both).length >= 2);
    expect(idsOf(...both)).toEqual([2, 3]);
    const { config } = await server.consumer(stream, 'c');
    expect(config).toMatchObject({ ack_policy: 'explicit', max_ack_pending: 7, ack_wait: 30_000_000_000 });
  });

  itWithNats('is an error at the start: unknown, or one that would lose records', async (server) => {
    const stream = await server.stream();
    await server.consumers.add(stream, { durable_name: 'none', ack_policy: 'none' });
    await server.consumers.add(stream, { durable_name: 'few', ack_policy: 'explicit', max_deliver: 3 });
    await server.consumers.add(stream, {
      durable_name: 'push',
      ack_policy: 'explicit',
      deliver_subject: 'p',
    });
    const cases = [
      ['NOWHERE', 'c', 'MR_NATS_STREAM_UNKNOWN'],
      [stream, 'missing', 'MR_NATS_CONSUMER_UNKNOWN'],
      [stream, 'none', 'MR_NATS_CONSUMER_UNFIT'],
      [stream, 'few', 'MR_NATS_CONSUMER_UNFIT'],
      [stream, 'push', 'MR_NATS_CONSUMER_UNFIT'],
    ] as const;
    for (const [of, consumer, code] of cases) {
      const refused = await run(server, { stream: of, consumer, create: false });
      expect(refused.context.restarts).toMatchObject([{ error: { code, disposition: 'stop-engine' } }]);
    }
  });

  itWithNats('that is deleted restarts the receiver', async (server) => {
    const stream = await server.stream();
    const all = await run(server, { stream });
    await write(server, stream, 1);
    await all.has(1);
    await server.consumers.delete(stream, 'c');
    await untilTrue(() => all.context.restarts.length > 0);
    expect(all.codes).toEqual(['MR_NATS_FAILED']);
  });
});

describe('acknowledgements', () => {
  itWithNats('reach the server one by one, and the rest comes again at once after a stop', async (server) => {
    const stream = await server.stream({ retention: 'workqueue' });
    await write(server, stream, 1, 2, 3);
    const first = await run(server, { stream });
    await first.has(3);
    await first.acknowledge(1);
    await untilTrue(async () => (await waiting(server, stream)) === 2);
    await first.end();
    const next = await run(server, { stream });
    await next.has(2);
    expect([idsOf(next), next.receiver.gauges?.()]).toEqual([
      [2, 3],
      { lagRecords: 0, redeliveredRecords: 2 },
    ]);
  });

  itWithNats('are repeated after a broken connection, and the rest comes again at once', async (server) => {
    const stream = await server.stream({ retention: 'workqueue' });
    await write(server, stream, 1, 2, 3);
    const { proxy } = server;
    const receiver = configured(server, { stream, port: proxy.port });
    const first = await RunningReceiver.start(receiver);
    await first.has(3);
    proxy.cut();
    await untilTrue(() => first.context.restarts.length > 0);
    await expect(first.acknowledge(2)).rejects.toMatchObject({ code: 'MR_NATS_UNREACHABLE' });
    await first.end();
    expect(await waiting(server, stream)).toBe(3);
    // The ack wait is half a minute.
    const next = await RunningReceiver.start(receiver);
    await next.has(1);
    expect(next.records).toEqual([3]);
    await next.acknowledge();
    await untilTrue(async () => (await waiting(server, stream)) === 0);
  });

  itWithNats('are awaited: no message comes again while the receiver holds it', async (server) => {
    const stream = await server.stream();
    await write(server, stream, 1, 2, 3);
    const all = await run(server, { stream, ackWaitMs: 3_000 });
    await all.has(3);
    // Longer than the ack wait, twice.
    await setTimeout(6_500);
    const { num_redelivered, num_ack_pending } = await server.consumer(stream, 'c');
    expect([num_redelivered, num_ack_pending, all.records]).toEqual([0, 3, [1, 2, 3]]);
    await all.acknowledge();
    await untilTrue(async () => (await server.consumer(stream, 'c')).num_ack_pending === 0);
  });

  itWithNats('of a message that came again all the same acknowledge once', async (server) => {
    const stream = await server.stream({ retention: 'workqueue' });
    await write(server, stream, 1);
    const all = await run(server, { stream, ackWaitMs: 86_400_000 });
    await all.has(1);
    // The server sends the message again, as after a silence of this process.
    await server.consumers.update(stream, 'c', { ack_wait: 200_000_000 });
    await untilTrue(() => (all.receiver.gauges?.().redeliveredRecords ?? 0) > 0);
    expect(all.records).toEqual([1]);
    await all.acknowledge();
    await untilTrue(async () => (await waiting(server, stream)) === 0);
    expect(all.records).toEqual([1]);
  });
});

describe('messages', () => {
  itWithNats('that are malformed are terminated and reported, or end the receiver', async (server) => {
    const stream = await server.stream({ retention: 'workqueue' });
    await server.write(`${stream}.a`, ['1', '{', '3']);
    const skipping = await run(server, { stream, onMalformed: 'skip' });
    await skipping.has(2);
    await skipping.acknowledge();
    await untilTrue(async () => (await waiting(server, stream)) === 0);
    expect([skipping.records, skipping.codes]).toEqual([[1, 3], ['MR_NATS_MALFORMED']]);
    await skipping.end();
    await server.write(`${stream}.a`, ['{']);
    const stopped = await run(server, { stream });
    await untilTrue(() => stopped.context.stops.length > 0);
    await stopped.end();
    expect([stopped.codes, await waiting(server, stream)]).toEqual([['MR_NATS_MALFORMED'], 1]);
  });

  itWithNats('are held up to the bounds, and a larger one alone', async (server) => {
    const stream = await server.stream();
    const values = [1, 'x'.repeat(50_000), 2, 'y'.repeat(50_000), 3];
    await write(server, stream, ...values);
    const small = await run(server, { stream, maxBytesInFlight: 2_048, maxInFlight: 2 });
    for (let acknowledged = 0; acknowledged < values.length;) {
      await untilTrue(() => small.context.unacknowledged.length > 0);
      const { length } = small.context.unacknowledged;
      expect(length).toBeLessThanOrEqual(2);
      acknowledged += length;
      await small.acknowledge();
    }
    expect(small.records).toEqual(values);
  });
});

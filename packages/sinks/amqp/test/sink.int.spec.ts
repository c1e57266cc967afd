// `amqpSink` over a real broker: messages as they arrive, failures of the broker, two writers and a killed
// process. One broker serves all, because RabbitMQ starts slowly.
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import type { Sink } from '@millrace/core';
import { problemsThroughKills, untilTrue } from '@millrace/testing';
import { describe, expect, onTestFinished } from 'vitest';
import { amqpSink, type AmqpSinkInput, type AmqpSinkMessage } from '../src/index.ts';
import { withRabbit } from './with-rabbit.ts';

const PROGRAM = fileURLToPath(new URL('batch-writer.ts', import.meta.url));
const PASSWORD = 'correct horse battery';
const CERTIFICATE = fileURLToPath(new URL('../../../../tools/servers/kafka/localhost.pem', import.meta.url));
const WRITE = { application: 'a', batchTime: 1_000, outputOperation: 0, partition: 0, partitions: 1 };

const { itWithRabbit } = withRabbit();
/** An open sink, closed at the end of the test. */
async function open<T = unknown>(
  options: AmqpSinkInput,
  convert?: (record: T) => AmqpSinkMessage,
): Promise<Sink<T>> {
  const sink = amqpSink<T>(options, convert);
  onTestFinished(() => sink.close?.());
  await sink.open?.();
  return sink;
}

const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('messages of amqpSink', () => {
  itWithRabbit('are persistent, with an id, a type and the order of the records', async (rabbit) => {
    const queue = await rabbit.queue();
    const sink = await open({ ...rabbit.place, routingKey: queue });
    await sink.write([{ a: 1 }, 'b'], WRITE);
    expect(await rabbit.messages(queue)).toMatchObject([
      {
        content: Buffer.from('{"a":1}'),
        properties: { messageId: 'a/1000/0/0/0', contentType: 'application/json', deliveryMode: 2 },
      },
      { content: Buffer.from('"b"'), properties: { messageId: 'a/1000/0/0/1' } },
    ]);
  });

  itWithRabbit('go to an exchange, with routing keys and headers of their own', async (rabbit) => {
    const exchange = await rabbit.exchange('red');
    const sink = await open<number>({ ...rabbit.place, exchange, value: 'text' }, (record) => ({
      value: `v${record}`,
      routingKey: 'red',
      headers: { n: record },
    }));
    await sink.write([7], WRITE);
    expect(await rabbit.messages(exchange)).toMatchObject([
      {
        content: Buffer.from('v7'),
        properties: { headers: { n: 7 } },
        fields: { exchange, routingKey: 'red' },
      },
    ]);
  });

  itWithRabbit('have the same ids when a batch is written again, by another writer too', async (rabbit) => {
    const queue = await rabbit.queue();
    const sinks = await Promise.all([1, 2].map(() => open({ ...rabbit.place, routingKey: queue })));
    const records = Array.from({ length: 200 }, (_, id) => id);
    await Promise.all(sinks.map((sink) => sink.write(records, WRITE)));
    expect(await rabbit.messages(queue)).toHaveLength(400);
    expect((await rabbit.values(queue)).toSorted((a, b) => Number(a) - Number(b))).toEqual(records);
  });

  itWithRabbit('that no queue takes fail the write, unless mandatory is false', async (rabbit) => {
    const exchange = await rabbit.exchange('red');
    const strict = await open({ ...rabbit.place, exchange, routingKey: 'blue' });
    const failure = await failureOf(strict.write([1], WRITE));
    expect(failure).toMatchObject({ code: 'MR_SINK_AMQP_UNROUTABLE', disposition: 'fail-batch' });
    const lax = await open({ ...rabbit.place, exchange, routingKey: 'blue', mandatory: false });
    await lax.write([1], WRITE);
    expect(await rabbit.messages(exchange)).toEqual([]);
  });

  itWithRabbit('that a full queue refuses fail the write', async (rabbit) => {
    const queue = await rabbit.queue({ maxLength: 2, overflow: 'reject-publish' });
    const sink = await open({ ...rabbit.place, routingKey: queue, maxUnconfirmed: 1 });
    const failure = await failureOf(sink.write([1, 2, 3, 4], WRITE));
    expect(failure).toMatchObject({ code: 'MR_SINK_AMQP_REFUSED', disposition: 'back-off' });
  });

  itWithRabbit('are written again after the broker was not reachable', async (rabbit) => {
    const queue = await rabbit.queue();
    const sink = await open({ ...rabbit.place, routingKey: queue });
    await sink.write([1], WRITE);
    await rabbit.proxy.setReachable(false);
    const failure = await failureOf(sink.write([2], { ...WRITE, batchTime: 2_000 }));
    expect(failure).toMatchObject({ code: 'MR_SINK_AMQP_UNREACHABLE', disposition: 'back-off' });
    await rabbit.proxy.setReachable(true);
    await sink.write([2], { ...WRITE, batchTime: 2_000 });
    expect(await rabbit.values(queue)).toEqual([1, 2]);
  });

  itWithRabbit('without a confirmation in time give the connection up', async (rabbit) => {
    const queue = await rabbit.queue();
    const sink = await open({
      ...rabbit.place,
      routingKey: queue,
      confirmTimeoutMs: 1_000,
      bytesInMemory: 0,
    });
    function* records() {
      yield* [1, 2, 3];
      rabbit.proxy.stall();
      yield 4;
    }
    onTestFinished(() => rabbit.proxy.flow());
    const failure = await failureOf(sink.write(records(), WRITE));
    expect(failure).toMatchObject({ code: 'MR_SINK_AMQP_UNREACHABLE', disposition: 'back-off' });
    rabbit.proxy.flow();
    await sink.write([1, 2, 3, 4], WRITE);
    expect((await rabbit.values(queue)).toSorted((a, b) => Number(a) - Number(b))).toEqual([1, 2, 3, 4]);
  });

  itWithRabbit('keep their bounds of messages and bytes', async (rabbit) => {
    const queue = await rabbit.queue();
    const sink = await open({ ...rabbit.place, routingKey: queue, maxUnconfirmed: 3, bytesInMemory: 1_000 });
    const records = Array.from({ length: 50 }, (_, id) => ({ id, text: 'x'.repeat(400) }));
    await sink.write(records, WRITE);
    expect(await rabbit.values(queue)).toEqual(records);
  });
});

itWithRabbit('the exchange, or the queue of the default exchange, has to exist', async (rabbit) => {
  for (const options of [{ routingKey: 'open-nowhere' }, { exchange: 'open-nowhere' }]) {
    const failure = await failureOf(open({ ...rabbit.place, ...options }));
    expect(failure).toMatchObject({ code: 'MR_SINK_AMQP_UNKNOWN', disposition: 'stop-engine' });
  }
});

describe('a connection with TLS and a password', () => {
  const RIGHT = { username: 'ann', password: PASSWORD, tls: { caFile: CERTIFICATE } };

  itWithRabbit('writes, by single options and by a URL', async (rabbit) => {
    const url = `amqps://ann:${encodeURIComponent(PASSWORD)}@localhost:${rabbit.securedPort}`;
    for (const options of [
      { host: 'localhost', port: rabbit.securedPort, ...RIGHT },
      { url, tls: RIGHT.tls },
    ]) {
      const exchange = await rabbit.exchange('k');
      const sink = await open({ ...options, exchange, routingKey: 'k' });
      await sink.write([1], WRITE);
      expect(await rabbit.values(exchange)).toEqual([1]);
    }
  });

  const WRONG: readonly (readonly [string, Partial<AmqpSinkInput>, string])[] = [
    ['a wrong password', { password: 'wrong horse battery' }, 'MR_SINK_AMQP_DENIED'],
    ['a wrong vhost', { vhost: 'nowhere' }, 'MR_SINK_AMQP_DENIED'],
    ['no TLS', { tls: undefined, connectTimeoutMs: 2_000 }, 'MR_SINK_AMQP_UNREACHABLE'],
    ['an untrusted certificate', { tls: {} }, 'MR_SINK_AMQP_UNREACHABLE'],
    ['a missing file', { tls: { caFile: 'nowhere.pem' } }, 'MR_SINK_AMQP_TLS_UNUSABLE'],
    ['a wrong name', { tls: { serverName: 'other', caFile: CERTIFICATE } }, 'MR_SINK_AMQP_UNREACHABLE'],
    ['no broker', { port: 1 }, 'MR_SINK_AMQP_UNREACHABLE'],
  ];
  for (const [what, options, code] of WRONG) {
    itWithRabbit(`reports ${what}, and repeats no password`, async (rabbit) => {
      const queue = await rabbit.queue();
      const place = { host: 'localhost', port: rabbit.securedPort, routingKey: queue };
      const failure = await failureOf(open({ ...place, ...RIGHT, ...options }));
      expect(failure).toMatchObject({ code });
      expect(inspect(failure, { depth: 10, showHidden: true })).not.toContain('horse');
    });
  }

  itWithRabbit('reports a missing permission', async (rabbit) => {
    await rabbit.act((channel) => channel.assertQueue('closed', { durable: true }));
    const place = { host: 'localhost', port: rabbit.securedPort, ...RIGHT };
    const sink = await open<number>(
      place.host === '' ? {} : { ...place, exchange: '', routingKey: 'closed' },
      () => ({
        value: 1,
      }),
    );
    const failure = await failureOf(sink.write([1], WRITE));
    expect(failure).toMatchObject({ code: 'MR_SINK_AMQP_DENIED' });
  });
});

describe('amqpSink in a process that is killed', () => {
  itWithRabbit(
    'leaves each record, once for each id (SINK-1, SINK-3, SINK-15)',
    async (rabbit) => {
      const queue = await rabbit.queue();
      const command = ['--conditions=millrace:source', PROGRAM, String(rabbit.proxy.port), queue];
      const records = async () => {
        await untilTrue(() => rabbit.proxy.connections === 0);
        return (await rabbit.values(queue)).map(String);
      };
      expect(await problemsThroughKills({ command, records })).toEqual([]);
    },
    180_000,
  );
});

// `redisStream` over a real server: consumers that come and go, entries that were removed, beginnings, and what the group knows.
import { untilTrue } from '@millrace/testing';
import { describe, expect } from 'vitest';
import { RunningReceiver } from '../../../../tools/servers/running-receiver.ts';
import { redisStream, type RedisStreamInput } from '../src/index.ts';
import type { RedisServer } from './redis-server.ts';
import { withRedis } from './with-redis.ts';

const { itWithRedis } = withRedis();

const consumer = (
  { server }: RedisServer,
  stream: string,
  options: Partial<RedisStreamInput> = {},
): Promise<RunningReceiver> =>
  RunningReceiver.start(
    redisStream({
      host: '127.0.0.1',
      port: server.port,
      stream,
      group: stream,
      consumer: 'first',
      ...options,
    }),
  );

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
const texts = (values: readonly number[]) => values.map(String);

/** The pending ids of a group, with their consumers. */
async function pending(redis: RedisServer, stream: string): Promise<readonly unknown[]> {
  const found = (await redis.run('XPENDING', stream, stream, '-', '+', 1_000)) as readonly unknown[][];
  return found.map(([id, name]) => [id, name]);
}

describe('a consumer of a group', () => {
  itWithRedis('acknowledges what is acknowledged, and nothing else', async (redis) => {
    const stream = await redis.stream();
    const ids = await redis.write(stream, texts(numbers(5)));
    const first = await consumer(redis, stream);
    await first.has(5);
    expect(await redis.acknowledged(stream, ids)).toEqual([]);
    await first.acknowledge(2);
    expect(await redis.acknowledged(stream, ids)).toEqual(ids.slice(0, 2));
    await untilTrue(() => first.receiver.gauges?.().lagRecords === 0);
    expect(first.receiver.gauges?.()).toEqual({ lagRecords: 0, redeliveredRecords: 0 });
  });

  itWithRedis('gets its unacknowledged entries back under its name', async (redis) => {
    const stream = await redis.stream();
    await redis.write(stream, texts(numbers(40)));
    const first = await consumer(redis, stream);
    await first.has(40);
    await first.acknowledge(10);
    await first.end();
    await redis.write(stream, ['40']);
    const again = await consumer(redis, stream);
    await again.has(31);
    expect(again.records).toEqual(numbers(41).slice(10));
    expect(again.receiver.gauges?.().redeliveredRecords).toBe(30);
    await again.acknowledge();
    expect(await pending(redis, stream)).toEqual([]);
  });

  itWithRedis(
    'reports unacknowledged entries that were removed from the stream, and passes',
    async (redis) => {
      const stream = await redis.stream();
      await redis.write(stream, texts(numbers(10)));
      const first = await consumer(redis, stream);
      await first.has(10);
      await first.end();
      await redis.run('XTRIM', stream, 'MAXLEN', 7);
      const again = await consumer(redis, stream);
      await again.has(7);
      expect(again.records).toEqual([3, 4, 5, 6, 7, 8, 9]);
      await untilTrue(async () => (await pending(redis, stream)).length === 7);
      expect(again.codes).toEqual(['MR_REDIS_ENTRIES_LOST']);
      expect(again.context.errors[0]?.error).toMatchObject({ details: { lost: 3 } });
    },
  );

  itWithRedis('leaves malformed entries out, and acknowledges them', async (redis) => {
    const stream = await redis.stream();
    await redis.write(stream, ['{', '1', '}']);
    await redis.run('XADD', stream, '*', 'other', '2');
    const first = await consumer(redis, stream, { onMalformed: 'skip' });
    await untilTrue(async () => (await pending(redis, stream)).length === 1 && first.records.length === 1);
    expect(first.records).toEqual([1]);
    await first.end();
    expect(first.context.errors.at(-1)?.message).toContain('3 since the start');
  });

  itWithRedis('ends at a malformed entry, which stays pending', async (redis) => {
    const stream = await redis.stream();
    const ids = await redis.write(stream, ['1', '{', '2']);
    const first = await consumer(redis, stream);
    await untilTrue(() => first.context.stops.length > 0);
    expect(first.context.stops).toMatchObject([{ error: { code: 'MR_REDIS_MALFORMED' } }]);
    expect(first.context.stops[0]?.message).toContain(String(ids[1]));
    await first.acknowledge();
    expect(await pending(redis, stream)).toEqual(ids.slice(1).map((id) => [id, 'first']));
  });

  itWithRedis('holds no more than maxInFlight, and goes on with acknowledgements', async (redis) => {
    const stream = await redis.stream();
    await redis.write(stream, texts(numbers(100)));
    const first = await consumer(redis, stream, { maxInFlight: 10 });
    for (let count = 10; count <= 100; count += 10) {
      await first.has(count);
      expect(first.records).toHaveLength(count);
      await first.acknowledge();
    }
  });
});

describe('consumers that come and go', () => {
  itWithRedis('share the entries', async (redis) => {
    const stream = await redis.stream();
    const both = [
      await consumer(redis, stream, { maxInFlight: 5 }),
      await consumer(redis, stream, { maxInFlight: 5, consumer: 'second' }),
    ];
    await redis.write(stream, texts(numbers(50)));
    await untilTrue(async () => {
      for (const one of both) await one.acknowledge();
      return both.flatMap(({ records }) => records).length >= 50;
    });
    const found = both.flatMap(({ records }) => records).toSorted((a, b) => Number(a) - Number(b));
    expect(found).toEqual(numbers(50));
  });

  itWithRedis('get the entries of one that is gone, and report those that were removed', async (redis) => {
    const stream = await redis.stream();
    await redis.write(stream, texts(numbers(20)));
    const gone = await consumer(redis, stream, { consumer: 'gone' });
    await gone.has(20);
    await gone.acknowledge(5);
    await gone.end();
    await redis.run('XTRIM', stream, 'MAXLEN', 12);
    const first = await consumer(redis, stream, { claimAfterMs: 1_000 });
    await first.has(12);
    expect(first.records).toEqual(numbers(20).slice(8));
    expect(first.codes).toEqual(['MR_REDIS_ENTRIES_LOST']);
    await first.acknowledge();
    expect(await pending(redis, stream)).toEqual([]);
    expect(first.receiver.gauges?.().redeliveredRecords).toBe(12);
  });

  itWithRedis('get the entries of an answer that has reached nobody, and nothing twice', async (redis) => {
    const stream = await redis.stream();
    await redis.write(stream, texts(numbers(5)));
    const first = await consumer(redis, stream, { claimAfterMs: 1_000 });
    await first.has(5);
    // As by a connection of the same consumer that is gone, and whose last question comes late.
    const lost = `redis.call('XADD', KEYS[1], '*', 'value', '5')
      redis.call('XREADGROUP', 'GROUP', KEYS[1], 'first', 'STREAMS', KEYS[1], '>')`;
    await redis.run('EVAL', lost, 1, stream);
    await first.has(6);
    expect(first.records).toEqual(numbers(6));
    await first.acknowledge();
    expect(await pending(redis, stream)).toEqual([]);
    expect(first.receiver.gauges?.().redeliveredRecords).toBe(1);
  });

  itWithRedis('take nothing twice that waits here itself', async (redis) => {
    const stream = await redis.stream();
    await redis.write(stream, texts(numbers(10)));
    const gone = await consumer(redis, stream, { consumer: 'gone', maxInFlight: 5 });
    await gone.has(5);
    await gone.end();
    const first = await consumer(redis, stream, { claimAfterMs: 1_000 });
    await first.has(10);
    await new Promise((resolve) => void setTimeout(resolve, 2_500));
    expect(first.records.toSorted((a, b) => Number(a) - Number(b))).toEqual(numbers(10));
  });
});

describe('a group', () => {
  itWithRedis('has to exist, with the stream', async (redis) => {
    const missing = await consumer(redis, redis.name());
    expect(missing.context.restarts).toMatchObject([{ error: { code: 'MR_REDIS_STREAM_UNKNOWN' } }]);
    const text = redis.name();
    await redis.run('SET', text, 'x');
    for (const create of [false, true]) {
      const wrong = await consumer(redis, text, { create });
      expect(wrong.context.restarts).toMatchObject([{ error: { code: 'MR_REDIS_STREAM_UNKNOWN' } }]);
    }
    const stream = await redis.stream();
    const other = await consumer(redis, stream, { group: 'other' });
    expect(other.context.restarts).toMatchObject([{ error: { code: 'MR_REDIS_GROUP_UNKNOWN' } }]);
  });

  itWithRedis('is made on request, where the options say', async (redis) => {
    const stream = redis.name();
    const empty = await consumer(redis, stream, { create: true });
    await redis.write(stream, ['0']);
    await empty.has(1);
    await new Promise((resolve) => void setTimeout(resolve, 20));
    const timestampMs = Date.now();
    await redis.write(stream, ['1', '2']);
    const latest = await consumer(redis, stream, { create: true, group: 'latest', from: 'latest' });
    const timed = await consumer(redis, stream, { create: true, group: 'timed', from: { timestampMs } });
    const earliest = await consumer(redis, stream, { create: true, group: 'earliest' });
    await redis.write(stream, ['3']);
    await Promise.all([latest.has(1), timed.has(3), earliest.has(4), empty.has(4)]);
    expect([latest, timed, earliest].map(({ records }) => records)).toEqual([[3], [1, 2, 3], [0, 1, 2, 3]]);
  });

  itWithRedis('that is deleted while it is read leads to a restart with the reason', async (redis) => {
    const stream = await redis.stream();
    const first = await consumer(redis, stream);
    await redis.run('XGROUP', 'DESTROY', stream, stream);
    await untilTrue(() => first.context.restarts.length > 0);
    expect(first.context.restarts[0]?.message).toContain('NOGROUP');
  });
});

describe('entries', () => {
  itWithRedis('come with their place on request, and with all fields', async (redis) => {
    const stream = await redis.stream();
    await redis.run('XADD', stream, '5-1', 'name', 'ann', 'value', '7');
    const full = await consumer(redis, stream, { record: 'full' });
    await full.has(1);
    expect(full.records).toEqual([{ value: 7, stream, id: '5-1', timestampMs: 5 }]);
    await redis.run('XGROUP', 'CREATE', stream, 'all', '0');
    const all = await consumer(redis, stream, { group: 'all', field: '*', value: 'text' });
    await all.has(1);
    expect(all.records).toEqual([{ name: 'ann', value: '7' }]);
  });
});

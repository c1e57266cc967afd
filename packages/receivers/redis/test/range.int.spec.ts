// `redisStreamRange` over a real server: beginnings, gaps, and streams that are not as expected.
import { untilTrue } from '@millrace/testing';
import { describe, expect } from 'vitest';
import { RunningReceiver } from '../../../../tools/servers/running-receiver.ts';
import { redisStreamRange, type RedisStreamRangeInput } from '../src/index.ts';
import type { RedisServer } from './redis-server.ts';
import { withRedis } from './with-redis.ts';

const { itWithRedis } = withRedis();

const reading = (
  { server }: RedisServer,
  stream: string,
  options: Partial<RedisStreamRangeInput> = {},
  resumeFrom?: unknown,
): Promise<RunningReceiver> =>
  RunningReceiver.start(redisStreamRange({ host: '127.0.0.1', port: server.port, stream, ...options }), {
    resumeFrom,
  });

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);
const texts = (from: number, to: number) => numbers(from, to).map(String);

/** Reads this many records, and returns the position behind the last one. */
async function positionBehind(redis: RedisServer, stream: string, count: number): Promise<unknown> {
  const before = await reading(redis, stream);
  await before.has(count);
  await before.end();
  return before.context.unacknowledged[count - 1];
}

describe('the beginning', () => {
  itWithRedis('is the oldest entry, the next entry, or a time', async (redis) => {
    const stream = redis.name();
    await redis.write(stream, texts(0, 3));
    await new Promise((resolve) => void setTimeout(resolve, 20));
    const timestampMs = Date.now();
    await redis.write(stream, texts(3, 5));
    const all = [
      await reading(redis, stream),
      await reading(redis, stream, { from: 'latest' }),
      await reading(redis, stream, { from: { timestampMs } }),
      await reading(redis, stream, { from: { timestampMs: 0 } }),
    ];
    await redis.write(stream, ['5']);
    await Promise.all([all[0]?.has(6), all[1]?.has(1), all[2]?.has(3), all[3]?.has(6)]);
    expect(all.map(({ records }) => records)).toEqual([numbers(0, 6), [5], numbers(3, 6), numbers(0, 6)]);
    await untilTrue(() => all.every(({ receiver }) => receiver.gauges?.().lagRecords === 0));
  });

  itWithRedis('is behind the last registered record, whatever from says', async (redis) => {
    const stream = redis.name();
    await redis.write(stream, texts(0, 5));
    const again = await reading(redis, stream, { from: 'latest' }, await positionBehind(redis, stream, 3));
    await again.has(2);
    expect(again.records).toEqual([3, 4]);
  });

  itWithRedis('is refused when it is of another receiver', async (redis) => {
    const stream = redis.name();
    await redis.write(stream, ['0']);
    const wrong = await reading(redis, stream, {}, { offset: 3 });
    expect(wrong.context.restarts).toMatchObject([{ error: { code: 'MR_REDIS_POSITION_UNKNOWN' } }]);
  });
});

describe('a gap', () => {
  itWithRedis('is none when only entries that were read are gone, be it all of them', async (redis) => {
    const stream = redis.name();
    await redis.write(stream, texts(0, 5));
    const position = await positionBehind(redis, stream, 5);
    for (const left of [2, 0]) {
      await redis.run('XTRIM', stream, 'MAXLEN', left);
      const quiet = await reading(redis, stream, {}, position);
      await untilTrue(() => quiet.receiver.gauges?.().lagRecords === 0);
      expect(quiet.context.stops).toEqual([]);
    }
    await redis.write(stream, texts(5, 8));
    await redis.run('XTRIM', stream, 'MAXLEN', 3);
    const again = await reading(redis, stream, {}, position);
    await again.has(3);
    expect(again.records).toEqual([5, 6, 7]);
    expect(again.context.stops).toEqual([]);
  });

  itWithRedis('ends the receiver', async (redis) => {
    const stream = redis.name();
    await redis.write(stream, texts(0, 10));
    const position = await positionBehind(redis, stream, 5);
    await redis.run('XTRIM', stream, 'MAXLEN', 3);
    const ended = await reading(redis, stream, {}, position);
    await untilTrue(() => ended.context.stops.length > 0);
    expect(ended.context.stops).toMatchObject([{ error: { code: 'MR_REDIS_GAP' } }]);
    expect(ended.context.stops[0]?.message).toContain('2 entries');
    expect(ended.records).toEqual([]);
  });

  itWithRedis(
    "is reported and passed with onGap: 'earliest', also while the stream is read",
    async (redis) => {
      const stream = redis.name();
      await redis.write(stream, texts(0, 10));
      const position = await positionBehind(redis, stream, 5);
      await redis.run('XTRIM', stream, 'MAXLEN', 3);
      const context = { onGap: 'earliest' } as const;
      const on = await reading(redis, stream, context, position);
      await on.has(3);
      on.context.makeRoom(0);
      await redis.write(stream, texts(10, 20));
      await untilTrue(() => on.context.isAwaited);
      await redis.write(stream, texts(20, 200));
      await redis.run('XTRIM', stream, 'MAXLEN', 1);
      on.context.makeRoom();
      await untilTrue(() => on.records.at(-1) === 199);
      expect(on.codes).toEqual(['MR_REDIS_GAP', 'MR_REDIS_GAP']);
      expect(on.records.slice(0, 4)).toEqual([7, 8, 9, 10]);
    },
  );

  itWithRedis('is also a stream that was made anew, with earlier or with later ids', async (redis) => {
    for (const first of ['1-0', '*']) {
      const stream = redis.name();
      await redis.write(stream, texts(0, 5));
      const position = await positionBehind(redis, stream, 5);
      await redis.run('DEL', stream);
      await redis.run('XADD', stream, first, 'value', '100');
      await redis.run('XADD', stream, first === '*' ? '*' : '2-0', 'value', '101');
      const ended = await reading(redis, stream, {}, position);
      await untilTrue(() => ended.context.stops.length > 0);
      expect(ended.context.stops[0]?.message).toContain('made anew');
      const on = await reading(redis, stream, { onGap: 'earliest' }, position);
      await on.has(2);
      expect(on.records).toEqual([100, 101]);
    }
  });
});

describe('an entry', () => {
  itWithRedis('that is not UTF-8 is left out, and the character in its place is read', async (redis) => {
    const stream = redis.name();
    await redis.write(stream, ['"a"', '"\uFFFD"', '"b"']);
    await redis.run('XADD', stream, '*', 'value', Buffer.from([0x22, 0xff, 0x22]));
    await redis.write(stream, ['"c"', '"ä\uFFFD"']);
    const on = await reading(redis, stream, { onMalformed: 'skip' });
    await on.has(5);
    await redis.write(stream, ['"d"']);
    await on.has(6);
    expect(on.records).toEqual(['a', '\uFFFD', 'b', 'c', 'ä\uFFFD', 'd']);
    await on.end();
    expect(on.codes).toEqual(['MR_REDIS_MALFORMED']);
  });
});

describe('a stream', () => {
  itWithRedis('has to exist, or is made on request', async (redis) => {
    const stream = redis.name();
    const missing = await reading(redis, stream);
    expect(missing.context.restarts).toMatchObject([{ error: { code: 'MR_REDIS_STREAM_UNKNOWN' } }]);
    const made = await reading(redis, stream, { create: true });
    await redis.write(stream, ['0']);
    await made.has(1);
    expect(await redis.run('XINFO', 'GROUPS', stream)).toEqual([]);
    const text = redis.name();
    await redis.run('SET', text, 'x');
    const wrong = await reading(redis, text, { create: true });
    expect(wrong.context.restarts).toMatchObject([{ error: { code: 'MR_REDIS_STREAM_UNKNOWN' } }]);
  });

  itWithRedis('that is deleted while it is read leads to a restart with the reason', async (redis) => {
    const stream = redis.name();
    await redis.write(stream, ['0']);
    const on = await reading(redis, stream);
    await on.has(1);
    await redis.run('DEL', stream);
    await untilTrue(() => on.context.restarts.length > 0);
    expect(on.context.restarts[0]?.message).toContain('no such key');
  });
});

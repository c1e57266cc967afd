// `redisMessages` over a real server: channels, patterns, and messages that find no room.
import { untilTrue } from '@millrace/testing';
import { describe, expect } from 'vitest';
import { RunningReceiver } from '../../../../tools/servers/running-receiver.ts';
import { redisMessages, type RedisMessagesInput } from '../src/index.ts';
import type { RedisServer } from './redis-server.ts';
import { withRedis } from './with-redis.ts';

const { itWithRedis } = withRedis();

const subscribed = (
  { server }: RedisServer,
  options: Partial<RedisMessagesInput>,
): Promise<RunningReceiver> =>
  RunningReceiver.start(redisMessages({ host: '127.0.0.1', port: server.port, ...options }));

describe('messages', () => {
  itWithRedis('come from channels and patterns, with their channel on request', async (redis) => {
    const channel = redis.name();
    const running = await subscribed(redis, {
      channels: [channel],
      patterns: [`${channel}.*`],
      record: 'full',
      value: 'text',
    });
    await redis.run('PUBLISH', channel, 'a');
    await redis.run('PUBLISH', `${channel}.x`, 'b');
    await redis.run('PUBLISH', `${channel}-other`, 'c');
    await running.has(2);
    expect(running.records).toEqual([
      { value: 'a', channel },
      { value: 'b', channel: `${channel}.x` },
    ]);
  });

  itWithRedis('wait in a bounded queue, and the rest is dropped, counted and reported', async (redis) => {
    const channel = redis.name();
    const running = await subscribed(redis, { channels: [channel], maxQueued: 5 });
    running.context.makeRoom(1);
    for (let id = 0; id < 20; id += 1) await redis.run('PUBLISH', channel, String(id));
    await untilTrue(() => running.receiver.gauges?.().droppedRecords === 14);
    running.context.makeRoom();
    await running.has(6);
    expect(running.records).toEqual([0, 1, 2, 3, 4, 5]);
    await running.end();
    expect(running.codes).toEqual(running.codes.map(() => 'MR_REDIS_DROPPED'));
    expect(running.context.errors.at(-1)?.error).toMatchObject({ details: { totalDropped: 14 } });
  });

  itWithRedis('are also dropped above the bound of bytes', async (redis) => {
    const channel = redis.name();
    const running = await subscribed(redis, { channels: [channel], maxBytesInFlight: 6_000, value: 'text' });
    running.context.makeRoom(1);
    for (let id = 0; id < 20; id += 1) await redis.run('PUBLISH', channel, 'x'.repeat(1_000));
    await untilTrue(() => running.receiver.gauges?.().droppedRecords === 14);
    running.context.makeRoom();
    await running.has(6);
  });

  itWithRedis('that are malformed end the receiver, or are left out', async (redis) => {
    const channel = redis.name();
    const stopping = await subscribed(redis, { channels: [channel] });
    const skipping = await subscribed(redis, { channels: [channel], onMalformed: 'skip' });
    await redis.run('PUBLISH', channel, '{');
    await redis.run('PUBLISH', channel, '1');
    await skipping.has(1);
    await untilTrue(() => stopping.context.stops.length > 0);
    expect(stopping.records).toEqual([]);
    expect(skipping.codes).toEqual(['MR_REDIS_MALFORMED']);
  });
});

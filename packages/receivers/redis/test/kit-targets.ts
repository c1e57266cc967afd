// Streams and channels of a real server, behind a proxy, as the sources of the conformance kit. The server is asked for what is
// acknowledged.
import type { ConfiguredReceiver } from '@millrace/core';
import type { ReceiverTarget } from '@millrace/testing/conformance';
import {
  redisMessages,
  type RedisMessagesInput,
  redisStream,
  type RedisStreamInput,
  redisStreamRange,
  type RedisStreamRangeInput,
} from '../src/index.ts';
import type { RedisServer } from './redis-server.ts';

const POISON = '{"id": no number}';

/** The password of the user of every receiver. */
export const SECRET = 'correct horse';
const USER = { username: 'ann', password: SECRET } as const;

/** The options of the connection, with a user of the server. */
async function connectionOf(redis: RedisServer) {
  await redis.run('ACL', 'SETUSER', USER.username, 'on', `>${SECRET}`, '~*', '&*', '+@all');
  const { host, port } = redis.proxy;
  return { host, port, ...USER };
}

/** The record of an id has a length of its own. */
const valueOf = (id: number): string => JSON.stringify({ id, text: 'x'.repeat(2_000 + (id % 50)) });

function targetOf(
  { proxy }: RedisServer,
  receiver: ConfiguredReceiver<unknown>,
  write: (values: readonly string[]) => Promise<unknown>,
) {
  const received = proxy.receivedBytes;
  return {
    receiver,
    send: async (ids: readonly number[]): Promise<void> => void (await write(ids.map(valueOf))),
    idOf: (record: unknown): number | undefined => {
      const { id } = Object(record) as { readonly id?: unknown };
      return typeof id === 'number' ? id : undefined;
    },
    takenBytes: () => proxy.receivedBytes - received,
    disconnect: () => proxy.cut(),
    setReachable: (isReachable: boolean) => proxy.setReachable(isReachable),
    sendPoison: async (): Promise<void> => void (await write([POISON])),
    dispose: async () => {
      await proxy.setReachable(true);
      proxy.cut();
    },
  };
}

/** A stream with a group, for one check. */
export async function groupTarget(
  redis: RedisServer,
  options: Partial<RedisStreamInput> = {},
): Promise<ReceiverTarget<unknown>> {
  const stream = await redis.stream();
  const connection = await connectionOf(redis);
  const ids: string[] = [];
  const values: string[] = [];
  const receiver = redisStream({ ...connection, stream, group: stream, consumer: 'me', ...options });
  const target = targetOf(redis, receiver, async (some) => {
    values.push(...some);
    ids.push(...(await redis.write(stream, some)));
  });
  return {
    ...target,
    acknowledged: async () => {
      const acknowledged = new Set(await redis.acknowledged(stream, ids));
      return ids.flatMap((id, index) => {
        const value = values[index];
        if (!acknowledged.has(id) || value === undefined || value === POISON) return [];
        return [(JSON.parse(value) as { readonly id: number }).id];
      });
    },
  };
}

/** A stream without a group, for one check. */
export async function rangeTarget(
  redis: RedisServer,
  options: Partial<RedisStreamRangeInput> = {},
): Promise<ReceiverTarget<unknown>> {
  const stream = redis.name();
  const connection = await connectionOf(redis);
  const receiver = redisStreamRange({ ...connection, stream, create: true, ...options });
  return {
    ...targetOf(redis, receiver, (values) => redis.write(stream, values)),
    forget: async () => void (await redis.run('XTRIM', stream, 'MAXLEN', 1)),
  };
}

/** A channel, for one check. */
export async function messagesTarget(
  redis: RedisServer,
  options: Partial<RedisMessagesInput> = {},
): Promise<ReceiverTarget<unknown>> {
  const channel = redis.name();
  const connection = await connectionOf(redis);
  const receiver = redisMessages({ ...connection, channels: [channel], ...options });
  return targetOf(redis, receiver, async (values) => {
    for (const value of values) await redis.run('PUBLISH', channel, value);
  });
}

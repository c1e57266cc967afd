// The receiver and its source for the conformance kit: a real Redis, behind a proxy with faults. Every check has a stream of
// its own.
import { randomUUID } from 'node:crypto';
import { TcpProxy } from '@millrace/testing';
import type { ReceiverSubject, ReceiverTarget } from '@millrace/testing/conformance';
import { Redis } from 'ioredis';
import { redisStream, redisStreamOptions, type RedisStreamRecord } from '../src/index.ts';

const WINDOW = 20;
const GROUP = 'millrace';

type Entry = readonly [id: string, fields: readonly string[]];

async function createTarget(port: number): Promise<ReceiverTarget<RedisStreamRecord>> {
  const admin = new Redis({ port, host: '127.0.0.1', protocol: 2 });
  const proxy = await TcpProxy.start({ port });
  const stream = `orders-${randomUUID()}`;
  const add = async (texts: readonly string[]): Promise<void> => {
    const adding = admin.multi();
    for (const text of texts) adding.xadd(stream, '*', 'data', text);
    await adding.exec();
  };
  return {
    receiver: redisStream({ host: proxy.host, port: proxy.port, stream, group: GROUP, window: WINDOW }),
    send: (ids) => add(ids.map((id) => JSON.stringify({ id, value: id / 2 }))),
    idOf: ({ id }) => (typeof id === 'number' ? id : undefined),
    acknowledged: async () => {
      const [group] = (await admin.xinfo('GROUPS', stream).catch(() => [])) as (readonly unknown[])[];
      const delivered = group?.[group.indexOf('last-delivered-id') + 1];
      if (typeof delivered !== 'string') return [];
      const pending = (await admin.xpending(stream, GROUP, '-', '+', 10_000)) as (readonly unknown[])[];
      const open = new Set(pending.map(([id]) => id));
      const entries = (await admin.xrange(stream, '-', delivered)) as readonly Entry[];
      return entries.flatMap(([id, fields]) => (open.has(id) ? [] : idsIn(fields)));
    },
    sendPoison: () => add(['{"id": no number}']),
    disconnect: () => proxy.cut(),
    setReachable: (isReachable) => proxy.setReachable(isReachable),
    dispose: async () => {
      await admin.del(stream);
      await proxy.close();
      await admin.quit();
    },
  };
}

function idsIn(fields: readonly string[]): readonly number[] {
  const [, id] = /^\{"id":(\d+)/.exec(fields[1] ?? '') ?? [];
  return id === undefined ? [] : [Number(id)];
}

/** The subject of the kit, over the Redis on a port. */
export function subject(module: string, port: number): ReceiverSubject<RedisStreamRecord> {
  return {
    name: 'redisStream',
    module,
    capabilities: redisStream.capabilities,
    create: () => createTarget(port),
    inFlightMax: WINDOW,
    options: {
      schema: redisStreamOptions,
      published: [
        {
          input: { stream: 's', group: 'g' },
          output: { host: '127.0.0.1', port: 6_379, consumer: 'millrace', window: 1_000 },
        },
      ],
    },
  };
}

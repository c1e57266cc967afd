// `postgresNotifications` over a real server.
import { untilTrue } from '@millrace/testing';
import { describe, expect } from 'vitest';
import {
  type PostgresNotification,
  postgresNotifications,
  type PostgresNotificationsInput,
} from '../src/index.ts';
import type { Database } from './database.ts';
import { running, stored } from './running.ts';
import { withPostgres } from './with-postgres.ts';

const { itWithPostgres } = withPostgres();

const notificationsOf = (database: Database, options: Partial<PostgresNotificationsInput> = {}) =>
  postgresNotifications({ ...database.place, channels: [database.schema], ...options });

describe('notifications', () => {
  itWithPostgres('of several channels come as values, or with their channel', async (server) => {
    const database = await server.database();
    const channels = [database.schema, `${database.schema} "quoted"`];
    const plain = await running(notificationsOf(database, { channels }));
    const full = await running(notificationsOf(database, { channels, value: 'text', record: 'full' }));
    const client = await database.client();
    for (const channel of channels) await client.query('SELECT pg_notify($1, $2)', [channel, '{"a": 1}']);
    const [{ pid } = {}] = (await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows;
    await client.end();
    await Promise.all([stored(2, plain), stored(2, full)]);
    expect(plain.context.records).toEqual([{ a: 1 }, { a: 1 }]);
    expect(full.context.records).toEqual(
      channels.map((channel): Partial<PostgresNotification<string>> => ({
        channel,
        value: '{"a": 1}',
        ...(pid === undefined ? {} : { processId: pid }),
      })),
    );
  });

  itWithPostgres('without a payload are empty texts', async (server) => {
    const database = await server.database();
    const life = await running(notificationsOf(database, { value: 'text' }));
    await database.run(`NOTIFY ${database.schema}`);
    await stored(1, life);
    expect(life.context.records).toEqual(['']);
  });

  itWithPostgres('that the buffer does not hold are counted', async (server) => {
    const database = await server.database();
    const life = await running(notificationsOf(database, { maxBuffered: 3 }), { room: 1 });
    await database.run(`SELECT pg_notify('${database.schema}', i::text) FROM generate_series(1, 10) i`);
    await untilTrue(() => life.context.errors.length > 0);
    life.context.makeRoom();
    await stored(4, life);
    expect(life.context.records).toEqual([1, 2, 3, 4]);
    await untilTrue(() => life.receiver.gauges?.().droppedRecords === 6);
    expect(life.context.errors).toMatchObject([
      { error: { code: 'MR_RECEIVER_BUFFER_FULL' } },
      { message: '6 notifications were dropped, 6 since the start' },
    ]);
  });

  itWithPostgres('that are malformed end the receiver', async (server) => {
    const database = await server.database();
    const { context } = await running(notificationsOf(database));
    await database.run(`NOTIFY ${database.schema}, 'no JSON'`);
    await untilTrue(() => context.stops.length > 0);
    expect(context.stops).toMatchObject([{ error: { code: 'MR_POSTGRES_MALFORMED' } }]);
    expect(context.stops[0]?.message).not.toContain('no JSON');
  });

  itWithPostgres('from a server that is silent ask for a restart', async (server) => {
    const database = await server.database();
    const options = { ...database.proxied, heartbeatMs: 50, requestTimeoutMs: 300 };
    const { context } = await running(notificationsOf(database, options));
    server.proxy.stall();
    await untilTrue(() => context.restarts.length > 0);
    server.proxy.flow();
    expect(context.restarts).toMatchObject([{ error: { code: 'MR_POSTGRES_UNREACHABLE' } }]);
    expect(context.restarts[0]?.message).toContain('no answer within 300 ms');
  });
});

// `postgresChanges` over a real server: the forms of changes, transactions that are acknowledged in part, slots that are not as
// expected, and a receiver that is held back for longer than the server waits.
import { untilTrue } from '@millrace/testing';
import { describe, expect, onTestFinished } from 'vitest';
import { postgresChanges, type PostgresChange, type PostgresChangesInput } from '../src/index.ts';
import { confirmedPlace, dropSlot, publishedTable } from './changes-target.ts';
import type { Database, Server } from './database.ts';
import { running, startFailure, stored } from './running.ts';
import { withPostgres } from './with-postgres.ts';

const { itWithPostgres } = withPostgres({ SLOT_WAL_KEEP: '64MB' });

async function published(server: Server): Promise<Database> {
  const database = await server.database();
  await publishedTable(database);
  onTestFinished(() => dropSlot(database));
  return database;
}

const changesOf = (database: Database, options: Partial<PostgresChangesInput> = {}) =>
  postgresChanges({
    ...database.place,
    slot: database.schema,
    publication: database.schema,
    ...options,
  });

const insert = (...ids: readonly number[]): string =>
  `INSERT INTO records (id) VALUES ${ids.map((id) => `(${id})`).join(', ')}`;
const ids = (all: readonly unknown[]): readonly (number | undefined)[] =>
  all.map((record) => (record as PostgresChange<{ readonly id: number }>).row?.id);
const currentPlace = async (database: Database): Promise<string> => {
  const [row] = await database.run('SELECT pg_current_wal_insert_lsn()::text AS place');
  return String(row?.['place']);
};

describe('a change', () => {
  itWithPostgres('has its row before and after, as far as the server tells', async (server) => {
    const database = await published(server);
    await database.run(
      `INSERT INTO records VALUES (1, 'a', '{"b": [1]}')`,
      `UPDATE records SET note = 'c' WHERE id = 1`,
      'UPDATE records SET id = 2 WHERE id = 1',
      'DELETE FROM records WHERE id = 2',
      'TRUNCATE records',
    );
    const life = await running(changesOf(database));
    await stored(5, life);
    const place = { schema: database.schema, table: 'records' };
    expect(life.context.records).toMatchObject([
      { ...place, operation: 'insert', row: { id: 1, note: 'a', data: { b: [1] } }, old: null },
      { ...place, operation: 'update', row: { id: 1, note: 'c', data: { b: [1] } }, old: null },
      { ...place, operation: 'update', row: { id: 2, note: 'c', data: { b: [1] } }, old: { id: 1 } },
      { ...place, operation: 'delete', row: null, old: { id: 2 } },
      { ...place, operation: 'truncate', row: null, old: null },
    ]);
    const [first, second] = life.context.records as readonly PostgresChange[];
    expect(Math.abs(Date.now() - (first?.committedMs ?? 0))).toBeLessThan(60_000);
    expect(first?.commit).toMatch(/^[0-9A-F]{8}\/[0-9A-F]{8}$/);
    expect(second?.transaction).toBeGreaterThan(first?.transaction ?? Infinity);
  });

  itWithPostgres('names large values that it did not change', async (server) => {
    const database = await published(server);
    await database.run(
      'ALTER TABLE records ALTER note SET STORAGE EXTERNAL',
      `INSERT INTO records (id, note) VALUES (1, repeat('x', 10000))`,
      `UPDATE records SET data = '1' WHERE id = 1`,
      'ALTER TABLE records REPLICA IDENTITY FULL',
      `UPDATE records SET data = '2' WHERE id = 1`,
    );
    const life = await running(changesOf(database, { operations: ['update'] }));
    await stored(2, life);
    const note = 'x'.repeat(10_000);
    expect(life.context.records).toMatchObject([
      { row: { id: 1, data: 1 }, old: null, unchanged: ['note'] },
      { row: { id: 1, data: 2, note }, old: { id: 1, data: 1, note }, unchanged: [] },
    ]);
    expect((life.context.records[0] as PostgresChange).row).not.toHaveProperty('note');
  });

  itWithPostgres('follows a table whose columns change', async (server) => {
    const database = await published(server);
    await database.run(
      insert(1),
      'ALTER TABLE records ADD COLUMN more bigint DEFAULT 9007199254740993',
      insert(2),
    );
    const life = await running(changesOf(database));
    await stored(2, life);
    expect(life.context.records).toMatchObject([
      { row: { id: 1, note: null, data: null } },
      { row: { id: 2, more: '9007199254740993' } },
    ]);
  });

  itWithPostgres('that is malformed ends the receiver, or is left out', async (server) => {
    const database = await published(server);
    await database.run(insert(0), `INSERT INTO records VALUES (1, '', '{"__proto__": 1}')`, insert(2));
    const strict = await running(changesOf(database));
    await untilTrue(() => strict.context.stops.length > 0);
    expect(ids(strict.context.records)).toEqual([0]);
    expect(strict.context.stops).toMatchObject([{ error: { code: 'MR_POSTGRES_MALFORMED' } }]);
    await strict.context.end(strict.receiver);
    const lax = await running(changesOf(database, { onMalformed: 'skip' }));
    await stored(2, lax);
    expect(ids(lax.context.records)).toEqual([0, 2]);
    expect(lax.context.errors).toMatchObject([{ error: { code: 'MR_POSTGRES_MALFORMED' } }]);
  });
});

describe('the confirmed place', () => {
  itWithPostgres('never is inside of a transaction, and the rest comes again', async (server) => {
    const database = await published(server);
    await database.run(insert(1), insert(2, 3, 4));
    const before = await confirmedPlace(database);
    const first = await running(changesOf(database));
    await stored(4, first);
    const positions = structuredClone(first.context.unacknowledged);
    await first.context.acknowledge(first.receiver, 3);
    await untilTrue(async () => (await confirmedPlace(database)) > before);
    const between = await confirmedPlace(database);
    await first.context.end(first.receiver);
    const second = await running(changesOf(database), { resumeFrom: positions[2] });
    await stored(1, second);
    expect(ids(second.context.records)).toEqual([4]);
    expect(second.receiver.gauges?.()).toEqual({ redeliveredRecords: 2 });
    await second.context.acknowledge(second.receiver, 1);
    await untilTrue(async () => (await confirmedPlace(database)) > between);
    await second.context.end(second.receiver);
    const third = await running(changesOf(database));
    await database.run(insert(5));
    await stored(1, third);
    expect(ids(third.context.records)).toEqual([5]);
  });

  itWithPostgres('follows the server when there is nothing for this receiver', async (server) => {
    const database = await published(server);
    const life = await running(changesOf(database, { operations: ['delete'] }));
    await database.run(insert(1, 2, 3), 'CREATE TABLE other (id integer)', 'INSERT INTO other VALUES (1)');
    const place = await currentPlace(database);
    await untilTrue(async () => {
      const [row] = await database.run(
        `SELECT confirmed_flush_lsn >= '${place}' AS done FROM pg_replication_slots WHERE slot_name = '${database.schema}'`,
      );
      return row?.['done'] === true;
    });
    expect(life.context.records).toEqual([]);
  });

  itWithPostgres('stays while a change is unacknowledged, whatever the server asks', async (server) => {
    const database = await published(server);
    const life = await running(changesOf(database));
    await database.run(insert(1));
    await stored(1, life);
    const before = await confirmedPlace(database);
    await database.run('CREATE TABLE other (id integer)', 'INSERT INTO other VALUES (1)');
    // Longer than the third of wal_sender_timeout, after which a status goes out.
    await new Promise((resolve) => void setTimeout(resolve, 4_500));
    expect(await confirmedPlace(database)).toBe(before);
    await life.context.acknowledge(life.receiver, 1);
    await untilTrue(async () => (await confirmedPlace(database)) > before);
  });
});

describe('a receiver that is held back', () => {
  itWithPostgres(
    'keeps its connection for longer than the server waits, and loses nothing',
    async (server) => {
      const database = await published(server);
      await database.run(
        `INSERT INTO records (id, note) SELECT id, repeat('x', 1000) FROM generate_series(1, 5000) id`,
      );
      const life = await running(changesOf(database), { room: 3 });
      await stored(3, life);
      // wal_sender_timeout of the server for tests is 10 s.
      await new Promise((resolve) => void setTimeout(resolve, 12_000));
      expect(life.context.restarts).toEqual([]);
      expect(life.context.records.length).toBeLessThan(10);
      life.context.makeRoom();
      await stored(5_000, life);
      expect(ids(life.context.records)).toEqual(Array.from({ length: 5_000 }, (_, index) => index + 1));
      expect(life.context.restarts).toEqual([]);
    },
  );

  itWithPostgres('notices a server that is silent', async (server) => {
    const database = await published(server);
    const options = { ...database.proxied, requestTimeoutMs: 500 };
    const { context } = await running(changesOf(database, options));
    server.proxy.stall();
    await untilTrue(() => context.restarts.length > 0);
    server.proxy.flow();
    expect(context.restarts).toMatchObject([{ error: { code: 'MR_POSTGRES_UNREACHABLE' } }]);
  });
});

describe('a slot', () => {
  itWithPostgres('is made at the first start with create, and never at a later one', async (server) => {
    const database = await published(server);
    await dropSlot(database);
    expect(await startFailure(changesOf(database))).toMatchObject({
      code: 'MR_POSTGRES_SLOT_UNKNOWN',
      disposition: 'stop-engine',
      message: expect.stringContaining('or set create') as string,
    });
    const first = await running(changesOf(database, { create: true }));
    await database.run(insert(1));
    await stored(1, first);
    const [resumeFrom] = structuredClone(first.context.unacknowledged);
    await first.context.end(first.receiver);
    await dropSlot(database);
    expect(await startFailure(changesOf(database, { create: true }), { resumeFrom })).toMatchObject({
      code: 'MR_POSTGRES_SLOT_UNKNOWN',
      disposition: 'stop-engine',
      message: expect.stringContaining('the slot is gone') as string,
    });
    expect(
      await database.run(`SELECT 1 FROM pg_replication_slots WHERE slot_name = '${database.schema}'`),
    ).toEqual([]);
  });

  itWithPostgres(
    'of another receiver is waited for, and is free after the end of a receiver',
    async (server) => {
      const database = await published(server);
      const first = await running(changesOf(database));
      expect(await startFailure(changesOf(database))).toMatchObject({
        code: 'MR_POSTGRES_SLOT_ACTIVE',
        disposition: 'back-off',
      });
      await first.context.end(first.receiver);
      const second = await running(changesOf(database));
      expect(second.context.restarts).toEqual([]);
    },
  );

  itWithPostgres('of another plugin or without a publication is refused', async (server) => {
    const database = await published(server);
    const other = `${database.schema}_other`;
    await database.run(`SELECT pg_create_logical_replication_slot('${other}', 'test_decoding')`);
    onTestFinished(async () => void (await database.run(`SELECT pg_drop_replication_slot('${other}')`)));
    expect(await startFailure(changesOf(database, { slot: other }))).toMatchObject({
      code: 'MR_POSTGRES_SLOT_UNUSABLE',
      disposition: 'stop-engine',
    });
    expect(await startFailure(changesOf(database, { publication: 'nowhere' }))).toMatchObject({
      code: 'MR_POSTGRES_PUBLICATION_UNKNOWN',
      disposition: 'stop-engine',
    });
  });

  itWithPostgres('whose log the server has removed stops the engine', async (server) => {
    const database = await published(server);
    // More than max_slot_wal_keep_size, in segments of 16 MiB.
    for (let segment = 0; segment < 8; segment += 1)
      await database.run(`SELECT pg_logical_emit_message(false, '', 'x')`, 'SELECT pg_switch_wal()');
    await database.run('CHECKPOINT');
    expect(await startFailure(changesOf(database))).toMatchObject({
      code: 'MR_POSTGRES_SLOT_LOST',
      disposition: 'stop-engine',
    });
  });

  itWithPostgres('of a server that is behind the position, or is another one, is refused', async (server) => {
    const database = await published(server);
    const life = await running(changesOf(database));
    await database.run(insert(1));
    await stored(1, life);
    const [position] = structuredClone(life.context.unacknowledged) as readonly object[];
    await life.context.end(life.receiver);
    for (const changed of [{ commit: 'FFFFFFFF/00000000' }, { system: '1' }])
      expect(
        await startFailure(changesOf(database), { resumeFrom: { ...position, ...changed } }),
      ).toMatchObject({ code: 'MR_POSTGRES_GAP', disposition: 'stop-engine' });
    expect(await startFailure(changesOf(database), { resumeFrom: { offset: 1 } })).toMatchObject({
      code: 'MR_POSTGRES_POSITION_UNKNOWN',
    });
  });
});

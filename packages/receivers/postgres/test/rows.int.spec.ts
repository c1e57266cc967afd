// `postgresRows` over a real server: the order of rows while transactions overlap, beginnings, values, ranges, and tables that
// are not as expected.
import { isMillraceError } from '@millrace/core';
import { describe, expect } from 'vitest';
import { postgresRows, type PostgresRowsInput, type PostgresRowsPosition } from '../src/index.ts';
import type { Database, Server } from './database.ts';
import { RECORDS_TABLE } from './rows-target.ts';
import { readRange, running, startFailure, stored } from './running.ts';
import { withPostgres } from './with-postgres.ts';

const { itWithPostgres } = withPostgres();

const rowsOf = (database: Database, options: Partial<PostgresRowsInput> = {}) =>
  postgresRows({
    ...database.place,
    schema: database.schema,
    table: 'records',
    key: 'id',
    transaction: 'txid',
    columns: ['id'],
    pollIntervalMs: 20,
    ...options,
  });

async function records(server: Server): Promise<Database> {
  const database = await server.database();
  await database.run(RECORDS_TABLE);
  return database;
}

const insert = (...ids: readonly number[]): string =>
  `INSERT INTO records (id) VALUES ${ids.map((id) => `(${id})`).join(', ')}`;
const ids = (all: readonly unknown[]): readonly number[] =>
  all.map((record) => Number((record as { readonly id: string }).id));

describe('rows of overlapping transactions', () => {
  itWithPostgres('are read once each, whatever commits first', async (server) => {
    const database = await records(server);
    const [first, second] = [await database.client(), await database.client()];
    await first.query('BEGIN');
    await first.query(insert(1, 2));
    await second.query('BEGIN');
    await second.query(insert(3));
    await second.query('COMMIT');
    const life = await running(rowsOf(database));
    await database.run(insert(4));
    // Later transactions wait for the first one.
    await new Promise((resolve) => void setTimeout(resolve, 200));
    expect(life.context.records).toEqual([]);
    await first.query('COMMIT');
    await stored(4, life);
    expect(ids(life.context.records)).toEqual([1, 2, 3, 4]);
    await database.run(insert(0));
    await stored(5, life);
    expect(ids(life.context.records)).toEqual([1, 2, 3, 4, 0]);
    await Promise.all([first.end(), second.end()]);
  });

  itWithPostgres('of subtransactions and of aborted transactions', async (server) => {
    const database = await records(server);
    const client = await database.client();
    await client.query('BEGIN');
    await client.query(insert(1));
    await client.query(`SAVEPOINT a; ${insert(2)}; ROLLBACK TO a; ${insert(3)}; COMMIT`);
    await client.query(`BEGIN; ${insert(4)}; ROLLBACK`);
    await client.query(insert(5));
    const life = await running(rowsOf(database));
    await stored(3, life);
    expect(ids(life.context.records)).toEqual([1, 3, 5]);
    await client.end();
  });
});

describe('the beginning of a stream', () => {
  itWithPostgres('is the first row, or the first unfinished transaction', async (server) => {
    const database = await records(server);
    await database.run(insert(0, 1));
    const earliest = await running(rowsOf(database));
    const latest = await running(rowsOf(database, { from: 'latest' }));
    await database.run(insert(2), insert(3));
    await Promise.all([stored(4, earliest), stored(2, latest)]);
    expect(ids(earliest.context.records)).toEqual([0, 1, 2, 3]);
    expect(ids(latest.context.records)).toEqual([2, 3]);
    const [, to] = latest.context.unacknowledged;
    expect(ids(await readRange(rowsOf(database), { to }))).toEqual([2, 3]);
  });

  itWithPostgres('is behind the last registered row, whatever from says', async (server) => {
    const database = await records(server);
    await database.run(insert(0, 1, 2), insert(3));
    const first = await running(rowsOf(database));
    await stored(4, first);
    const resumeFrom = structuredClone(first.context.unacknowledged[1]);
    const second = await running(rowsOf(database, { from: 'latest' }), { resumeFrom });
    await stored(2, second);
    expect(ids(second.context.records)).toEqual([2, 3]);
    expect((second.context.unacknowledged[1] as PostgresRowsPosition).count).toBe(4);
  });

  itWithPostgres('is refused when the server has not reached the position', async (server) => {
    const database = await records(server);
    const resumeFrom = { transaction: '9000000000', key: '1', count: 1, since: '0' };
    const error = await startFailure(rowsOf(database), { resumeFrom });
    expect(isMillraceError(error, 'MR_POSTGRES_GAP') && error.disposition).toBe('stop-engine');
  });

  itWithPostgres('is refused for a position of another receiver', async (server) => {
    const database = await records(server);
    const error = await startFailure(rowsOf(database), { resumeFrom: { offset: 3 } });
    expect(isMillraceError(error, 'MR_POSTGRES_POSITION_UNKNOWN')).toBe(true);
  });
});

describe('new rows', () => {
  itWithPostgres('are read after a notification, long before the interval', async (server) => {
    const database = await records(server);
    const life = await running(rowsOf(database, { channel: database.schema, pollIntervalMs: 3_600_000 }));
    await new Promise((resolve) => void setTimeout(resolve, 100));
    await database.run(`${insert(1)}; NOTIFY ${database.schema}`);
    await stored(1, life);
    await database.run(insert(2), `NOTIFY ${database.schema}`);
    await stored(2, life);
  });

  itWithPostgres('are read while many wait, in pages of bounded size', async (server) => {
    const database = await records(server);
    await database.run(
      `INSERT INTO records (id, note) SELECT id, repeat('x', (id % 40)::int * 50) FROM generate_series(1, 20000) id`,
      insert(20_001),
    );
    const life = await running(rowsOf(database, { columns: ['id', 'note'], maxBytesInFlight: 65_536 }));
    await stored(20_001, life);
    expect(ids(life.context.records)).toEqual(Array.from({ length: 20_001 }, (_, index) => index + 1));
  });

  itWithPostgres('wait at the server while the engine takes none', async (server) => {
    const database = await records(server);
    await database.run(
      `INSERT INTO records (id, note) SELECT id, repeat('x', 10000) FROM generate_series(1, 1000) id`,
    );
    const before = server.proxy.receivedBytes;
    const options = { ...database.proxied, columns: ['id', 'note'], maxBytesInFlight: 65_536 };
    const life = await running(rowsOf(database, options), { room: 5 });
    await stored(5, life);
    await new Promise((resolve) => void setTimeout(resolve, 300));
    // The buffers of sockets come on top.
    expect(server.proxy.receivedBytes - before).toBeLessThan(5_000_000);
    life.context.makeRoom();
    await stored(1_000, life);
  });
});

describe('the values of rows', () => {
  itWithPostgres('are plain data, and texts where numbers would lose digits', async (server) => {
    const database = await server.database();
    await database.run(
      `CREATE TYPE mood AS ENUM ('calm', 'loud')`,
      `CREATE TABLE records ("id" uuid PRIMARY KEY, txid xid8 NOT NULL DEFAULT pg_current_xact_id(), "a b" boolean,
        i integer, b bigint, n numeric, d double precision, t timestamptz, day date, span interval, j jsonb, bytes bytea,
        list integer[], texts text[], mood mood, nothing text)`,
      'CREATE UNIQUE INDEX ON records (txid, id)',
      `INSERT INTO records VALUES ('00000000-0000-0000-0000-000000000001', DEFAULT, true, 5, 9007199254740993, 0.10, 0.1,
        '2026-11-30 21:00:00.123456+02', '2026-02-03', '1 day 2 hours', '{"a": [1]}', '\\x00ff', '{1,NULL}', '{"a,b"}',
        'loud', NULL)`,
    );
    const life = await running(rowsOf(database, { columns: undefined }));
    await stored(1, life);
    const { txid, ...record } = life.context.records[0] as Record<string, unknown>;
    expect(txid).toMatch(/^\d+$/);
    expect(record).toEqual({
      id: '00000000-0000-0000-0000-000000000001',
      'a b': true,
      i: 5,
      b: '9007199254740993',
      n: '0.10',
      d: 0.1,
      t: '2026-11-30 19:00:00.123456+00',
      day: '2026-02-03',
      span: 'P1DT2H',
      j: { a: [1] },
      bytes: new Uint8Array([0, 255]),
      list: [1, null],
      texts: ['a,b'],
      mood: 'loud',
      nothing: null,
    });
  });

  itWithPostgres('that are malformed end the receiver, or are left out', async (server) => {
    const database = await records(server);
    await database.run(insert(0), `INSERT INTO records (id, data) VALUES (1, '{"__proto__": 1}')`, insert(2));
    const options = { columns: ['id', 'data'] };
    const strict = await running(rowsOf(database, options));
    const lax = await running(rowsOf(database, { ...options, onMalformed: 'skip' }));
    await stored(2, lax);
    expect(ids(lax.context.records)).toEqual([0, 2]);
    expect(lax.context.errors).toMatchObject([{ error: { code: 'MR_POSTGRES_MALFORMED' } }]);
    await expect
      .poll(() => strict.context.stops)
      .toMatchObject([{ error: { code: 'MR_POSTGRES_MALFORMED' } }]);
    expect(ids(strict.context.records)).toEqual([0]);
    const [, to] = lax.context.unacknowledged;
    expect(ids(await readRange(rowsOf(database, options), { to }))).toEqual([0, 2]);
  });
});

describe('a range', () => {
  const CHANGES: readonly (readonly [string, string])[] = [
    ['a removed row', 'DELETE FROM records WHERE id = 2'],
    ['its last row removed', 'DELETE FROM records WHERE id = 4'],
    ['a row of another transaction', 'UPDATE records SET txid = pg_current_xact_id() WHERE id = 3'],
    ['one row more', `INSERT INTO records (id, txid) SELECT 9, txid FROM records WHERE id = 3`],
    ['an emptied table', 'TRUNCATE records'],
  ];
  for (const [what, statement] of CHANGES) {
    itWithPostgres(`is refused with ${what}`, async (server) => {
      const database = await records(server);
      await database.run(insert(1), insert(2), insert(3), insert(4));
      const life = await running(rowsOf(database));
      await stored(4, life);
      const [from, , , to] = life.context.unacknowledged;
      expect(ids(await readRange(rowsOf(database), { from, to }))).toEqual([2, 3, 4]);
      await database.run(statement);
      await expect(readRange(rowsOf(database), { from, to })).rejects.toMatchObject({
        code: 'MR_POSTGRES_RANGE_LOST',
        disposition: 'fail-batch',
      });
    });
  }

  itWithPostgres('is not there without ranges', async (server) => {
    const database = await records(server);
    expect(rowsOf(database, { ranges: false }).readRange).toBeUndefined();
  });
});

describe('a table that is not as expected', () => {
  const TABLES: readonly (readonly [string, string, RegExp])[] = [
    ['is missing', 'SELECT 1', /to exist/],
    ['has no column for transactions', 'CREATE TABLE records (id bigint PRIMARY KEY)', /"txid"/],
    [
      'has a column for transactions of another type',
      'CREATE TABLE records (id bigint PRIMARY KEY, txid bigint NOT NULL)',
      /ADD COLUMN "txid" xid8 NOT NULL DEFAULT pg_current_xact_id\(\)/,
    ],
    [
      'permits rows without a transaction',
      'CREATE TABLE records (id bigint PRIMARY KEY, txid xid8)',
      /NOT NULL/,
    ],
    [
      'has keys that repeat',
      'CREATE TABLE records (id bigint NOT NULL, txid xid8 NOT NULL); CREATE UNIQUE INDEX ON records (id) WHERE id > 5',
      /CREATE UNIQUE INDEX ON .* \("txid", "id"\)/,
    ],
    [
      'has no index by transactions',
      'CREATE TABLE records (id bigint PRIMARY KEY, txid xid8 NOT NULL)',
      /CREATE UNIQUE INDEX ON .* \("txid", "id"\)/,
    ],
    [
      'has rows of another server',
      `${RECORDS_TABLE}; INSERT INTO records (id, txid) VALUES (1, '9000000000')`,
      /copied from another server/,
    ],
  ];
  for (const [what, statement, text] of TABLES) {
    itWithPostgres(`and ${what} stops the engine`, async (server) => {
      const database = await server.database();
      await database.run(statement);
      const error = await startFailure(rowsOf(database));
      expect(error).toMatchObject({ code: 'MR_POSTGRES_TABLE_UNUSABLE', disposition: 'stop-engine' });
      expect((error as Error).message).toMatch(text);
    });
  }
});

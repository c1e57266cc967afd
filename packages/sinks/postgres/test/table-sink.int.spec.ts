// `postgresSink` over a real server: values, writers at once, failures, and the ledger.
import { isMillraceError, type Sink } from '@millrace/core';
import { BreakingProxy, TcpProxy } from '@millrace/testing';
import { describe, expect, onTestFinished } from 'vitest';
import { postgresSink } from '../src/index.ts';
import type { Database } from './database.ts';
import { openSink, write } from './opened-sinks.ts';
import { withPostgres } from './with-postgres.ts';

const { itWithPostgres } = withPostgres();

const valuesOf = async (database: Database, column = 'a') =>
  (await database.run(`SELECT ${column} AS value FROM t ORDER BY ctid`)).map(({ value }) => value);

/** A source of records that ends with an error. */
function* failing(failure: Error) {
  yield { a: 1 };
  throw failure;
}

describe('postgresSink', () => {
  itWithPostgres('writes values of every kind, in one statement and by COPY alike', async (server) => {
    const database = await server.database();
    const types: Readonly<Record<string, string>> = {
      i: 'integer',
      b: 'bigint',
      n: 'numeric',
      f: 'double precision',
      t: 'varchar(40)',
      c: 'char(3)',
      o: 'boolean',
      z: 'timestamp with time zone',
      d: 'date',
      y: 'bytea',
      j: 'jsonb',
      l: 'text[]',
      m: 'integer[][]',
      u: 'uuid',
    };
    const columns = Object.keys(types);
    const sink = {
      ...database.place,
      table: 't',
      columns: columns.map((name) => ({ name, type: types[name] })),
    };
    const records = [
      {
        i: -5,
        b: 2n ** 63n - 1n,
        n: '12345678901234567890.0123456789',
        f: 0.1,
        t: 'tab\t back\\slash\nline\r "quoted" \\N ä €',
        c: 'ab',
        o: true,
        z: new Date(1_700_000_000_123),
        d: '2026-11-30',
        y: new Uint8Array([0, 92, 255]),
        j: { text: 'it"s', list: [1, null, { deep: true }] },
        l: ['a,b', '{x}', 'back\\slash "q"', null, '', 'NULL'],
        m: [[1, 2], [3, 4]], // prettier-ignore
        u: '11111111-2222-3333-4444-555555555555',
      },
      { i: null, f: Number.NaN, j: 'a text', l: [], o: false },
      { f: -Infinity, j: 0, t: '' },
    ];
    const read = `SELECT i, b::text, n::text, f::text, t, c, o, z, d::text, y, j, l, m, u FROM t ORDER BY ctid`;
    const found: unknown[] = [];
    for (const copyRows of [1_000, 1]) {
      const one = postgresSink({ ...sink, create: true, copyRows, rowsInMemory: copyRows });
      await one.open?.();
      await one.write(records, write());
      await one.close?.();
      found.push(await database.run(read));
      await database.run('DROP TABLE t', 'DELETE FROM millrace_ledger');
    }
    const [inserted, copied] = found;
    expect(copied).toEqual(inserted);
    expect(inserted).toMatchObject([
      {
        i: -5,
        b: '9223372036854775807',
        n: '12345678901234567890.0123456789',
        f: '0.1',
        t: records[0]?.t,
        c: 'ab ',
        o: true,
        z: new Date(1_700_000_000_123),
        d: '2026-11-30',
        y: Buffer.from([0, 92, 255]),
        j: { text: 'it"s', list: [1, null, { deep: true }] },
        l: ['a,b', '{x}', 'back\\slash "q"', null, '', 'NULL'],
        m: [[1, 2], [3, 4]], // prettier-ignore
        u: '11111111-2222-3333-4444-555555555555',
      },
      { i: null, b: null, f: 'NaN', j: 'a text', l: [], o: false, t: null },
      { f: '-Infinity', j: 0, t: '' },
    ]);
  });

  itWithPostgres('quotes any names, and makes rows with a function', async (server) => {
    const database = await server.database();
    const table = 'a"; DROP TABLE millrace_ledger; --';
    const columns = ['select', 'x y', '"', 'ä'];
    const sink = await openSink<number>(
      database,
      { table, columns, create: true, ledgerTable: 'the "ledger"' },
      (a) => ({
        select: `${a}`,
        'x y': '2',
        '"': '3',
        ä: null,
      }),
    );
    await sink.write([1], write());
    await sink.write([1], write());
    expect(await database.run('SELECT * FROM "a""; DROP TABLE millrace_ledger; --"')).toEqual([
      { select: '1', 'x y': '2', '"': '3', ä: null },
    ]);
  });

  itWithPostgres(
    'writes a large partition by COPY, with its number of rows in the ledger',
    async (server) => {
      const database = await server.database();
      await database.run('CREATE TABLE t (a integer, place bigserial)');
      const sink = await openSink(database);
      function* many() {
        for (let a = 0; a < 50_000; a += 1) yield { a };
      }
      await sink.write(many(), write());
      expect(
        await database.run('SELECT count(*)::integer AS n, bool_and(a = place - 1) AS is_ordered FROM t'),
      ).toEqual([{ n: 50_000, is_ordered: true }]);
      expect(await database.run('SELECT target, row_count FROM millrace_ledger')).toEqual([
        { target: `"${database.schema}"."t"`, row_count: '50000' },
      ]);
    },
  );

  itWithPostgres('writes partitions of many writers at once, each once (SINK-15)', async (server) => {
    const database = await server.database();
    await database.run('CREATE TABLE t (a integer)');
    const sinks = await Promise.all(
      [1, 2, 3].map(() => openSink(database, { copyRows: 120, rowsInMemory: 200 })),
    );
    const records = (partition: number) =>
      Array.from({ length: 100 + partition * 20 }, (_, i) => ({ a: partition * 1_000 + i }));
    const writes = sinks.flatMap((sink) =>
      Array.from({ length: 8 }, (_, partition) => sink.write(records(partition), write(1_000, partition, 8))),
    );
    await Promise.all(writes);
    const all = Array.from({ length: 8 }, (_, partition) => records(partition)).flat();
    expect((await valuesOf(database)).toSorted((a, b) => Number(a) - Number(b))).toEqual(
      all.map(({ a }) => a),
    );
  });

  itWithPostgres(
    'waits for another writer of the same partition, and writes when that one fails',
    async (server) => {
      const database = await server.database();
      await database.run('CREATE TABLE t (a integer)');
      const [one, other] = [await openSink(database), await openSink(database)];
      const gate = await database.client();
      await gate.query('BEGIN');
      await gate.query('LOCK TABLE t IN EXCLUSIVE MODE');
      const first = one.write([{ a: 1 }], write());
      const second = other.write([{ a: 1 }], write());
      await gate.query('ROLLBACK');
      await gate.end();
      await Promise.all([first, second]);
      expect(await valuesOf(database)).toEqual([1]);
    },
  );

  itWithPostgres(
    'refuses another writer of the batch with another number of partitions, also at once (SINK-17)',
    async (server) => {
      const database = await server.database();
      await database.run('CREATE TABLE t (a integer)');
      const [one, other] = [await openSink(database), await openSink(database)];
      const gate = await database.client();
      await gate.query('BEGIN');
      await gate.query('LOCK TABLE t IN EXCLUSIVE MODE');
      const first = one.write([{ a: 1 }], write(1_000, 1, 2));
      const isWaiting = `SELECT count(*)::integer AS n FROM pg_locks WHERE NOT granted`;
      while ((await database.run(isWaiting))[0]?.['n'] === 0) await new Promise(setImmediate);
      // The first write is not committed, so the ledger shows nothing yet.
      await expect(other.write([{ a: 2 }], write(1_000, 2, 3))).rejects.toMatchObject({
        code: 'MR_SINK_POSTGRES_BUSY',
      });
      await gate.query('ROLLBACK');
      await gate.end();
      await first;
      await expect(other.write([{ a: 2 }], write(1_000, 2, 3))).rejects.toMatchObject({
        code: 'MR_SINK_REPARTITIONED',
      });
      expect(await valuesOf(database)).toEqual([1]);
    },
  );

  itWithPostgres(
    'passes on errors of the source of the records, and writes nothing (SINK-4)',
    async (server) => {
      const database = await server.database();
      await database.run('CREATE TABLE t (a integer)');
      for (const copyRows of [1, 1_000]) {
        const sink = await openSink(database, { copyRows, rowsInMemory: copyRows });
        const failure = new Error('source');
        await expect(sink.write(failing(failure), write())).rejects.toBe(failure);
        expect(await valuesOf(database)).toEqual([]);
        await sink.write([{ a: copyRows }], write(copyRows));
        await database.run('TRUNCATE t');
      }
    },
  );

  itWithPostgres(
    'names record and column of a value without a type, and writes nothing (SINK-14)',
    async (server) => {
      const database = await server.database();
      await database.run('CREATE TABLE t (a integer)');
      for (const copyRows of [1, 1_000]) {
        const sink = await openSink<object>(database, { copyRows, rowsInMemory: copyRows });
        for (const a of [
          [],
          2 ** 60,
          'a\0',
          '\ud800',
          new Date(Number.NaN),
          Symbol('s'),
          new Uint8Array(1),
        ]) {
          await expect(sink.write([{ a: 1 }, { a }], write())).rejects.toMatchObject({
            code: 'MR_SINK_UNSUPPORTED_RECORD',
            message: expect.stringContaining('record 1 of partition 0, column "a"'),
            details: { index: 1, column: 'a' },
          });
        }
      }
      expect(await valuesOf(database)).toEqual([]);
    },
  );
});

describe('postgresSink after a failure', () => {
  itWithPostgres('fails the batch on a wrong value or a constraint, naming the record', async (server) => {
    const database = await server.database();
    await database.run('CREATE TABLE t (a integer UNIQUE, b varchar(3), CHECK (a < 1000))');
    const bad: readonly (readonly [object, string])[] = [
      [{ a: 'seven', b: '' }, 'MR_SINK_POSTGRES_VALUE'],
      [{ a: 7, b: 'long' }, 'MR_SINK_POSTGRES_VALUE'],
      [{ a: 1_000, b: '' }, 'MR_SINK_POSTGRES_CONSTRAINT'],
      [{ a: 3, b: 'x' }, 'MR_SINK_POSTGRES_CONSTRAINT'],
    ];
    for (const copyRows of [1, 1_000]) {
      const sink = await openSink<object>(database, {
        columns: ['a', 'b'],
        copyRows,
        rowsInMemory: copyRows,
      });
      for (const [record, code] of bad) {
        const records = [...Array.from({ length: 57 }, (_, a) => ({ a, b: '' })), record, { a: 99, b: '' }];
        await expect(sink.write(records, write())).rejects.toMatchObject({
          code,
          disposition: 'fail-batch',
          message: expect.stringMatching(/^could not write record 57 of partition 0 to table "t" in /),
          details: { index: 57, batchTime: 1_000 },
        });
      }
    }
    expect(await valuesOf(database)).toEqual([]);
  });

  itWithPostgres('repeats a deadlock and a serialization failure by itself', async (server) => {
    const database = await server.database();
    await database.run(
      'CREATE TABLE t (a integer)',
      'CREATE SEQUENCE failures',
      // A sequence keeps its value through the end of a transaction.
      `CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE n bigint := nextval('${database.schema}.failures'); BEGIN
        IF n = 1 THEN RAISE EXCEPTION 'in the way' USING ERRCODE = '40001'; END IF;
        IF n = 2 THEN RAISE EXCEPTION 'in the way' USING ERRCODE = '40P01'; END IF;
        RETURN NEW; END $$`,
      'CREATE TRIGGER failing BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION fail()',
    );
    const sink = await openSink(database);
    await sink.write([{ a: 1 }], write());
    expect(await valuesOf(database)).toEqual([1]);
    await database.run('ALTER SEQUENCE failures RESTART');
    // Rows that were not in memory are gone when the transaction fails, so the engine repeats the write.
    const copying = await openSink(database, { copyRows: 1, rowsInMemory: 1 });
    await expect(copying.write([{ a: 2 }, { a: 3 }], write(2_000))).rejects.toMatchObject({
      code: 'MR_SINK_POSTGRES_BUSY',
      disposition: 'retry',
    });
  });

  itWithPostgres('asks the ledger when a connection is lost at COMMIT', async (server) => {
    const database = await server.database();
    await database.run('CREATE TABLE t (a integer)');
    const proxy = await BreakingProxy.start(server.port);
    onTestFinished(() => proxy.close());
    for (const copyRows of [1, 1_000]) {
      const sink = await openSink(database, { port: proxy.port, copyRows, rowsInMemory: copyRows });
      proxy.breakAt({ at: 'COMMIT', takesEffect: true });
      await sink.write([{ a: 1 }, { a: 2 }], write(copyRows));
      expect(proxy.isDone).toBe(true);
      expect(await valuesOf(database)).toEqual([1, 2]);
      await database.run('TRUNCATE t');
      proxy.breakAt({ at: 'COMMIT' });
      const outcome = await sink.write([{ a: 3 }, { a: 4 }], write(copyRows + 1)).then(
        () => 'written',
        (error: unknown) => (isMillraceError(error) ? error.code : error),
      );
      // Rows that were not in memory are gone: the engine repeats the write.
      expect(outcome).toBe(copyRows === 1 ? 'MR_SINK_POSTGRES_UNREACHABLE' : 'written');
      await database.run('TRUNCATE t');
    }
  });

  itWithPostgres('gives a silent server up, and reports a lock that lasts too long', async (server) => {
    const database = await server.database();
    await database.run('CREATE TABLE t (a integer)');
    const gate = await database.client();
    await gate.query('BEGIN');
    await gate.query('LOCK TABLE t');
    const sink = await openSink(database, { lockTimeoutMs: 20 });
    await expect(sink.write([{ a: 1 }], write())).rejects.toMatchObject({
      code: 'MR_SINK_POSTGRES_BUSY',
      disposition: 'retry',
    });
    await gate.query('ROLLBACK');
    await gate.end();
    const proxy = await TcpProxy.start({ port: server.port });
    onTestFinished(() => proxy.close());
    const impatient = await openSink(database, {
      port: proxy.port,
      connectTimeoutMs: 1_500,
      lockTimeoutMs: 1_499,
      requestTimeoutMs: 1_500,
    });
    proxy.stall();
    await expect(impatient.write([{ a: 1 }], write())).rejects.toMatchObject({
      code: 'MR_SINK_POSTGRES_UNREACHABLE',
      disposition: 'back-off',
    });
    proxy.flow();
    await impatient.write([{ a: 1 }], write());
    expect(await valuesOf(database)).toEqual([1]);
  });

  itWithPostgres('finds a database that lost a committed write', async (server) => {
    const database = await server.database();
    await database.run('CREATE TABLE t (a integer)');
    const sink = await openSink(database);
    await sink.write([{ a: 1 }], write());
    await database.run('DELETE FROM millrace_ledger', 'DELETE FROM t');
    await expect(sink.write([{ a: 2 }], write(2_000))).rejects.toMatchObject({
      code: 'MR_SINK_POSTGRES_ROLLED_BACK',
      disposition: 'stop-engine',
    });
    expect(await valuesOf(database)).toEqual([]);
  });
});

describe('the table of postgresSink', () => {
  const REFUSED: readonly (readonly [string, string])[] = [
    ['a missing table', 'SELECT 1'],
    ['a missing column', 'CREATE TABLE t (b integer)'],
    ['a view', 'CREATE VIEW t AS SELECT 1 AS a'],
    ['a table without a log', 'CREATE UNLOGGED TABLE t (a integer)'],
  ];
  for (const [what, statement] of REFUSED) {
    itWithPostgres(`refuses ${what}, and leaves nothing behind`, async (server) => {
      const database = await server.database();
      await database.run(statement);
      await expect(openSink(database)).rejects.toMatchObject({ code: 'MR_SINK_POSTGRES_SCHEMA' });
      const tables = `SELECT tablename FROM pg_tables WHERE schemaname = '${database.schema}' AND tablename LIKE 'millrace%'`;
      expect(await database.run(tables)).toEqual([]);
    });
  }

  itWithPostgres('may have row security: rows go without COPY then', async (server) => {
    const database = await server.database();
    const { schema } = database;
    await database.run(
      'CREATE TABLE t (a integer)',
      'ALTER TABLE t ENABLE ROW LEVEL SECURITY',
      'CREATE POLICY everyone ON t USING (true)',
      `CREATE ROLE writer_${schema} LOGIN`,
      `GRANT USAGE, CREATE ON SCHEMA ${schema} TO writer_${schema}`,
      `GRANT INSERT, SELECT ON t TO writer_${schema}`,
    );
    const sink = await openSink(database, {
      username: `writer_${schema}`,
      database: 'postgres',
      copyRows: 2,
      rowsInMemory: 2,
    });
    await sink.write([1, 2, 3, 4, 5].map((a) => ({ a })), write()); // prettier-ignore
    expect(await valuesOf(database)).toEqual([1, 2, 3, 4, 5]);
    // A ledger that is there needs no CREATE.
    await database.run(`REVOKE CREATE ON SCHEMA ${schema} FROM writer_${schema}`);
    await openSink(database, { username: `writer_${schema}`, database: 'postgres' });
    await database.run(`REVOKE INSERT ON t FROM writer_${schema}`);
    await expect(sink.write([{ a: 6 }], write(2_000))).rejects.toMatchObject({
      code: 'MR_SINK_POSTGRES_DENIED',
    });
  });
});

describe('the ledger of postgresSink', () => {
  const batches = async (sink: Sink<object>, from: number, to: number) => {
    for (let batch = from; batch <= to; batch += 1) await sink.write([{ a: batch }], write(batch * 1_000));
  };

  itWithPostgres('drops old batches, stays within its bound, and refuses a dropped batch', async (server) => {
    const database = await server.database();
    await database.run('CREATE TABLE t (a integer)');
    const sink = await openSink<object>(database, { ledgerBatches: 10 });
    await batches(sink, 1, 200);
    const remembered = Number((await database.run('SELECT count(*) AS n FROM millrace_ledger'))[0]?.['n']);
    expect(remembered).toBeGreaterThanOrEqual(10);
    expect(remembered).toBeLessThanOrEqual(10 + 64);
    const outcomes = new Set<string>();
    for (const batch of [1, 50, 100, 120, 130, 140, 195, 200]) {
      const again = sink.write([{ a: 1 }], write(batch * 1_000));
      outcomes.add(await again.then(() => 'known', (error: unknown) => (isMillraceError(error) ? error.code : 'broken'))); // prettier-ignore
    }
    expect([...outcomes].sort()).toEqual(['MR_SINK_POSTGRES_FORGOTTEN', 'known']);
    expect(await valuesOf(database)).toHaveLength(200);
  });
});

// `postgresSink` with a key over a real server: replaced and removed rows, and the order between partitions.
import type { Sink } from '@millrace/core';
import { describe, expect } from 'vitest';
import type { PostgresSinkInput } from '../src/index.ts';
import type { Database } from './database.ts';
import { openSink, write } from './opened-sinks.ts';
import { withPostgres } from './with-postgres.ts';

const { itWithPostgres, server } = withPostgres();

/** A change of a total: without a value, the total is removed. */
interface Total {
  readonly page?: unknown;
  readonly start?: unknown;
  readonly visits?: unknown;
  readonly isGone?: boolean;
}

const TABLE = 'CREATE TABLE t (page text, start integer, visits text, PRIMARY KEY (start, page))';

const totalsSink = (
  database: Database,
  options: Partial<PostgresSinkInput<Total>> = {},
): Promise<Sink<Total>> =>
  openSink<Total>(
    database,
    {
      columns: ['page', 'start', 'visits'],
      key: ['page', 'start'],
      remove: ({ isGone = false }) => isGone,
      ...options,
    },
    ({ page, start, visits }) => ({ page, start, visits }) as Record<string, string>,
  );

async function withTable(table = TABLE): Promise<Database> {
  const database = await server().database();
  await database.run(table);
  return database;
}

const totals = async (database: Database) =>
  (await database.run('SELECT page, start, visits FROM t ORDER BY page, start')).map((row) =>
    Object.values(row).join(' '),
  );

const total = (page: unknown, start: unknown, visits: unknown): Total => ({ page, start, visits });
const gone = (page: unknown, start: unknown): Total => ({ page, start, isGone: true });

describe('postgresSink with a key', () => {
  itWithPostgres('replaces the row of a key, and lets the last record of a partition win', async () => {
    const database = await withTable();
    const sink = await totalsSink(database);
    await sink.write(
      [total('home', 0, 1), total('shop', 0, 1), total('home', 0, 3), total('home', 0, 2)],
      write(1_000),
    );
    expect(await totals(database)).toEqual(['home 0 2', 'shop 0 1']);
    await sink.write([total('home', 0, 5), total('home', 10, 2)], write(2_000));
    expect(await totals(database)).toEqual(['home 0 5', 'home 10 2', 'shop 0 1']);
    // A repeated batch changes nothing.
    await sink.write([total('home', 0, 1)], write(1_000));
    expect(await totals(database)).toEqual(['home 0 5', 'home 10 2', 'shop 0 1']);
  });

  itWithPostgres('removes rows, in the order of the records', async () => {
    const database = await withTable();
    const sink = await totalsSink(database);
    await sink.write([total('a', 0, 1), total('a', 5, 1), gone('a', 0), gone('never', 0)], write(1_000));
    expect(await totals(database)).toEqual(['a 5 1']);
    await sink.write([gone('a', 5), total('a', 0, 2), gone('b', 0), total('b', 0, 1)], write(2_000));
    expect(await totals(database)).toEqual(['a 0 2', 'b 0 1']);
  });

  itWithPostgres('keeps the order of the records across statements', async () => {
    const database = await withTable();
    const sink = await totalsSink(database, { rowsInMemory: 10 });
    const records = Array.from({ length: 1_000 }, (_, visits) => total(`p${visits % 7}`, 0, visits));
    await sink.write([...records, gone('p0', 0)], write(1_000, 0, 2));
    expect(await totals(database)).toEqual([1, 2, 3, 4, 5, 6].map((page) => `p${page} 0 ${records.findLastIndex((one) => one.page === `p${page}`)}`)); // prettier-ignore
  });

  for (const order of [
    [0, 1, 2],
    [2, 1, 0],
    [1, 2, 0],
  ]) {
    itWithPostgres(
      `lets the highest partition of a batch win when written in the order ${order.join()}`,
      async () => {
        const partitions = [
          [total('a', 0, 'of 0'), gone('b', 0), total('c', 0, 'of 0'), total('d', 0, 'of 0')],
          [total('a', 0, 'of 1'), total('b', 0, 'of 1'), total('e', 0, 'of 1'), gone('e', 0)],
          [total('a', 0, 'first'), total('a', 0, 'of 2'), gone('c', 0)],
        ];
        const database = await withTable();
        await (await totalsSink(database)).write([total('e', 0, 'before')], write(1_000));
        for (const partition of order) {
          // Every partition has a sink of its own, as after a crash.
          const sink = await totalsSink(database);
          await sink.write(partitions[partition] ?? [], write(2_000, partition, 3));
        }
        expect(await totals(database)).toEqual(['a 0 of 2', 'b 0 of 1', 'd 0 of 0']);
        await (await totalsSink(database)).write([total('a', 0, 'later')], write(3_000, 0, 3));
        expect((await totals(database))[0]).toBe('a 0 later');
      },
    );
  }

  itWithPostgres(
    'lets the highest partition win when all are written at once, in any order of keys',
    async () => {
      const database = await withTable();
      const sinks = await Promise.all(
        [20, 1_000].map((rowsInMemory) => totalsSink(database, { rowsInMemory })),
      );
      const keys = Array.from({ length: 60 }, (_, page) => page);
      for (let batch = 1; batch <= 5; batch += 1) {
        const writes = Array.from({ length: 6 }, (_, partition) => {
          const mine = partition % 3 === 0 ? keys : keys.toReversed();
          const records = mine.map((page) => total(page, 0, `${batch}/${partition}`));
          const one = write(batch * 1_000, partition, 6);
          return sinks[partition % 2]?.write(records, one);
        });
        await Promise.all(writes);
        expect(new Set((await totals(database)).map((row) => row.split(' ')[2]))).toEqual(
          new Set([`${batch}/5`]),
        );
      }
      const [keysTable] = await database.run(
        `SELECT tablename AS name FROM pg_tables WHERE schemaname = '${database.schema}' AND tablename LIKE 'millrace_ledger_keys_%'`,
      );
      expect(await database.run(`SELECT DISTINCT batch_time FROM ${String(keysTable?.['name'])}`)).toEqual([
        { batch_time: '5000' },
      ]);
    },
  );

  itWithPostgres('compares keys like the index of the table', async () => {
    const database = await withTable(
      `CREATE COLLATION nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false)`,
    );
    await database.run(
      'CREATE TABLE t (page text, start numeric, visits text)',
      'CREATE UNIQUE INDEX ON t (start, page COLLATE nocase)',
    );
    const sink = await totalsSink(database);
    await sink.write(
      [total('Home', '5.0', 'of 1'), total('HOME', 5, 'of 1, last'), gone('SHOP', 5)],
      write(1_000, 1, 2),
    );
    await sink.write([total('home', '5.00', 'of 0'), total('shop', 5, 'of 0')], write(1_000, 0, 2));
    expect(await totals(database)).toEqual(['HOME 5 of 1, last']);
    await sink.write([gone('hOME', 5)], write(2_000));
    expect(await totals(database)).toEqual([]);
  });

  itWithPostgres('keeps columns that no record has, and writes records that are all key', async () => {
    const database = await withTable(
      "CREATE TABLE t (page text, start integer, visits text DEFAULT '7', PRIMARY KEY (start, page))",
    );
    const sink = await totalsSink(database, { columns: ['page', 'start'] });
    await sink.write([total('home', 0, 1)], write(1_000));
    await database.run("UPDATE t SET visits = 'seen'");
    await sink.write([total('home', 0, 1), total('shop', 0, 1)], write(2_000));
    expect(await totals(database)).toEqual(['home 0 seen', 'shop 0 7']);
  });

  itWithPostgres(
    'makes a table with the key on request, and refuses records without a key (SINK-14)',
    async () => {
      const database = await withTable('SELECT 1');
      const columns = ['page', { name: 'start', type: 'integer' }, 'visits'];
      const sink = await totalsSink(database, { columns, create: true });
      for (const record of [
        total('home', null, 1),
        { page: 'home', visits: 1 },
        { page: 'home', isGone: true },
      ]) {
        await expect(sink.write([total('a', 0, 1), record], write())).rejects.toMatchObject({
          code: 'MR_SINK_UNSUPPORTED_RECORD',
          message: expect.stringContaining('column "start": got no value for a column of the key'),
          details: { index: 1, column: 'start' },
        });
      }
      const remove = (async () => false) as unknown as () => boolean;
      await expect(
        (await totalsSink(database, { remove })).write([total('a', 0, 1)], write()),
      ).rejects.toMatchObject({
        code: 'MR_SINK_UNSUPPORTED_RECORD',
        message: expect.stringContaining(
          'expected remove to return true or false, got a value of type object',
        ),
      });
      await expect(sink.write([total('a', 0, 1), total('b', 'one', 1)], write())).rejects.toMatchObject({
        code: 'MR_SINK_POSTGRES_VALUE',
        details: { index: 1 },
      });
      expect(await totals(database)).toEqual([]);
    },
  );

  const REFUSED: readonly (readonly [string, string])[] = [
    ['no index', 'SELECT 1'],
    ['an index that is not unique', 'CREATE INDEX i ON t (page, start)'],
    ['a unique index on fewer columns', 'CREATE UNIQUE INDEX i ON t (page)'],
    ['a unique index on more columns', 'CREATE UNIQUE INDEX i ON t (page, start, visits)'],
    ['a partial index', "CREATE UNIQUE INDEX i ON t (page, start) WHERE visits > '1'"],
    ['an index on an expression', 'CREATE UNIQUE INDEX i ON t (page, abs(start))'],
    ['a constraint that may be deferred', 'ALTER TABLE t ADD UNIQUE (page, start) DEFERRABLE'],
  ];
  for (const [what, index] of REFUSED) {
    itWithPostgres(`refuses a table with ${what}, naming the statement that makes one`, async () => {
      const database = await withTable('CREATE TABLE t (page text, start integer, visits text)');
      await database.run(index);
      await expect(totalsSink(database)).rejects.toMatchObject({
        code: 'MR_SINK_POSTGRES_SCHEMA',
        message: expect.stringMatching(/CREATE UNIQUE INDEX ON "test_\w+"\."t" \("page", "start"\)$/),
      });
    });
  }
});

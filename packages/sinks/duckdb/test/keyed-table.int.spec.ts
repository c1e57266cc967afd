// `duckdbSink` with a key: replaced and removed rows, and the order between partitions.
import type { Sink } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import type { DuckdbSinkInput } from '../src/index.ts';
import { openSink, testDatabase, write } from './opened-sinks.ts';
import type { TemporaryDatabase } from './temporary-database.ts';

/** A change of a total: without a value, the total is removed. */
interface Total {
  readonly page?: unknown;
  readonly start?: unknown;
  readonly visits?: unknown;
  readonly isGone?: boolean;
}

const COLUMNS = ['page', { name: 'start', type: 'INTEGER' }, 'visits'];

const totalsSink = (
  database: TemporaryDatabase,
  options: Partial<DuckdbSinkInput<Total>> = {},
): Promise<Sink<Total>> =>
  openSink<Total>(
    database,
    { columns: COLUMNS, key: ['page', 'start'], remove: ({ isGone = false }) => isGone, ...options },
    ({ page, start, visits }) => ({ page, start, visits }) as Record<string, string>,
  );

const totals = async (database: TemporaryDatabase) =>
  (await database.run('SELECT * FROM t ORDER BY page, start')).map((row) => Object.values(row).join(' '));

const total = (page: unknown, start: unknown, visits: unknown): Total => ({ page, start, visits });
const gone = (page: unknown, start: unknown): Total => ({ page, start, isGone: true });

describe('duckdbSink with a key', () => {
  it('makes a table with the key, replaces the row of a key, and lets the last record win', async () => {
    const database = testDatabase();
    const sink = await totalsSink(database);
    await sink.write([total('home', 0, 1), total('shop', 0, 1), total('home', 0, 3), total('home', 0, 2)], write(1_000)); // prettier-ignore
    expect(await totals(database)).toEqual(['home 0 2', 'shop 0 1']);
    await sink.write([total('home', 0, 5), total('home', 10, 2)], write(2_000));
    expect(await totals(database)).toEqual(['home 0 5', 'home 10 2', 'shop 0 1']);
    // A repeated batch changes nothing (SINK-2).
    await sink.write([total('home', 0, 1)], write(1_000));
    expect(await totals(database)).toEqual(['home 0 5', 'home 10 2', 'shop 0 1']);
    await expect(database.run("INSERT INTO t VALUES ('home', 0, '9')")).rejects.toThrow('Duplicate key');
  });

  it('removes rows, in the order of the records', async () => {
    const database = testDatabase();
    const sink = await totalsSink(database);
    await sink.write([total('a', 0, 1), total('a', 5, 1), gone('a', 0), gone('never', 0)], write(1_000));
    expect(await totals(database)).toEqual(['a 5 1']);
    await sink.write([gone('a', 5), total('a', 0, 2), gone('b', 0), total('b', 0, 1)], write(2_000));
    expect(await totals(database)).toEqual(['a 0 2', 'b 0 1']);
    await sink.write([total('a', 5, 3)], write(3_000));
    expect(await totals(database)).toEqual(['a 0 2', 'a 5 3', 'b 0 1']);
  });

  it.each([[[0, 1, 2]], [[2, 1, 0]], [[1, 2, 0]]])(
    'lets the highest partition of a batch win when written in the order %j',
    async (order) => {
      const partitions = [
        [total('a', 0, 'of 0'), gone('b', 0), total('c', 0, 'of 0'), total('d', 0, 'of 0')],
        [total('a', 0, 'of 1'), total('b', 0, 'of 1'), total('e', 0, 'of 1'), gone('e', 0)],
        [total('a', 0, 'first'), total('a', 0, 'of 2'), gone('c', 0)],
      ];
      const database = testDatabase();
      await (await totalsSink(database)).write([total('e', 0, 'before')], write(1_000));
      for (const partition of order) {
        // Every partition has a sink of its own, as after a crash.
        const sink = await totalsSink(database);
        await sink.write(partitions[partition] ?? [], write(2_000, partition, 3));
        await sink.close?.();
      }
      expect(await totals(database)).toEqual(['a 0 of 2', 'b 0 of 1', 'd 0 of 0']);
      await (await totalsSink(database)).write([total('a', 0, 'later')], write(3_000, 0, 3));
      expect((await totals(database))[0]).toBe('a 0 later');
    },
  );

  it('forgets the keys of a batch with the next batch', async () => {
    const database = testDatabase();
    const sink = await totalsSink(database);
    for (const batch of [1_000, 2_000, 3_000])
      for (const partition of [0, 1]) await sink.write([total(partition, 0, 1)], write(batch, partition, 2));
    const [table] = await database.run(
      "SELECT table_name AS name FROM duckdb_tables() WHERE table_name LIKE 'millrace_ledger_keys_%'",
    );
    expect(await database.run(`SELECT DISTINCT batch_time::INTEGER AS time FROM ${String(table?.['name'])}`)).toEqual([{ time: 3_000 }]); // prettier-ignore
  });

  it.each([
    ['null', total('home', null, 1)],
    ['a missing field', { page: 'home', visits: 1 }],
    ['a removal without the whole key', { page: 'home', isGone: true }],
  ])('refuses %s in the key, naming the record, and writes nothing (SINK-14)', async (_, record) => {
    const database = testDatabase();
    const sink = await totalsSink(database);
    await expect(sink.write([total('a', 0, 1), record], write())).rejects.toMatchObject({
      code: 'MR_SINK_UNSUPPORTED_RECORD',
      message: expect.stringContaining('column "start": got no value for a column of the key'),
      details: { index: 1, column: 'start' },
    });
    expect(await totals(database)).toEqual([]);
  });

  it('refuses an answer of remove that is not true or false', async () => {
    const remove = (async () => false) as unknown as () => boolean;
    const sink = await totalsSink(testDatabase(), { remove });
    await expect(sink.write([total('a', 0, 1)], write())).rejects.toMatchObject({
      code: 'MR_SINK_UNSUPPORTED_RECORD',
      message: expect.stringContaining('expected remove to return true or false, got a value of type object'),
    });
  });

  it('keeps columns that no record has, and writes records that are all key', async () => {
    const database = testDatabase();
    await database.run(
      "CREATE TABLE t (page VARCHAR, start INTEGER, note VARCHAR DEFAULT '7', PRIMARY KEY (start, page))",
    );
    const sink = await totalsSink(database, { columns: ['page', 'start'] });
    await sink.write([total('home', 0, 1)], write(1_000));
    await database.run("UPDATE t SET note = 'seen'");
    await sink.write([total('home', 0, 1), total('shop', 0, 1)], write(2_000));
    expect(await totals(database)).toEqual(['home 0 seen', 'shop 0 7']);
  });

  it('replaces values of a further index, of lists and of structs', async () => {
    const database = testDatabase();
    await database.run(
      'CREATE TABLE t (id INTEGER PRIMARY KEY, visits INTEGER, tags VARCHAR[])',
      'CREATE INDEX by_visits ON t (visits)',
    );
    const sink = await openSink(database, { columns: ['id', 'visits', 'tags'], key: ['id'] });
    for (let batch = 1; batch <= 5; batch += 1)
      await sink.write(
        [1, 2].map((id) => ({ id, visits: batch, tags: [`of ${batch}`] })),
        write(batch),
      );
    expect(await database.run('SELECT id, visits, tags::VARCHAR AS tags FROM t ORDER BY id')).toEqual(
      [1, 2].map((id) => ({ id, visits: 5, tags: '[of 5]' })),
    );
  });

  it('compares texts of a key to the letter, also in a column that compares otherwise', async () => {
    const database = testDatabase();
    await database.run(
      'CREATE TABLE t (page VARCHAR COLLATE NOCASE, start INTEGER, visits VARCHAR, UNIQUE (page, start))',
    );
    const sink = await totalsSink(database);
    await sink.write([total('a', 0, 1), total('A', 0, 2)], write(1_000, 0, 2));
    await sink.write([gone('a', 0)], write(1_000, 1, 2));
    expect(await totals(database)).toEqual(['A 0 2']);
  });

  const KEYS: readonly (readonly [string, unknown, unknown])[] = [
    ['BIGINT', 2n ** 63n - 1n, '9223372036854775807'],
    ['DECIMAL(5,2)', '1.5', 1.5],
    ['DATE', new Date('2026-11-30'), '2026-11-30'],
    ['TIMESTAMP', new Date('2026-11-30T12:00:00Z'), '2026-11-30 12:00:00'],
    ['UUID', '00000000-0000-4000-8000-00000000000A', '00000000-0000-4000-8000-00000000000a'],
    ['BLOB', new Uint8Array([1, 0]), Buffer.from([1, 0])],
    ['BOOLEAN', true, true],
  ];
  it.each(KEYS)('recognises equal keys of type %s', async (type, one, same) => {
    const database = testDatabase();
    const columns = [{ name: 'page', type }, { name: 'start', type: 'INTEGER' }, 'visits'];
    const sink = await totalsSink(database, { columns });
    await sink.write([total(one, 0, 'first'), total(same, 0, 'last')], write(1_000, 1, 2));
    await sink.write([total(same, 0, 'of 0')], write(1_000, 0, 2));
    expect(await database.run('SELECT visits FROM t')).toEqual([{ visits: 'last' }]);
    await sink.write([gone(same, 0)], write(2_000));
    expect(await totals(database)).toEqual([]);
  });

  const REFUSED: readonly (readonly [string, string])[] = [
    ['no index', 'SELECT 1'],
    ['an index that is not unique', 'CREATE INDEX i ON t (page, start)'],
    ['a unique index on fewer columns', 'CREATE UNIQUE INDEX i ON t (page)'],
    ['a unique index on more columns', 'CREATE UNIQUE INDEX i ON t (page, start, visits)'],
  ];
  it.each(REFUSED)('refuses a table with %s, naming the statement that makes one', async (_, index) => {
    const database = testDatabase();
    await database.run('CREATE TABLE t (page VARCHAR, start INTEGER, visits VARCHAR)', index);
    await expect(totalsSink(database)).rejects.toMatchObject({
      code: 'MR_SINK_DUCKDB_SCHEMA',
      message: expect.stringMatching(/CREATE UNIQUE INDEX ".*_key" ON "main"\."t" \("page", "start"\)$/),
    });
    await database.run('CREATE UNIQUE INDEX again ON t (page, start)');
    await (await totalsSink(database)).write([total('a', 0, 1)], write());
    expect(await totals(database)).toEqual(['a 0 1']);
  });

  it.each(['JSON', 'INTEGER[]'])('refuses a key of type %s', async (type) => {
    const database = testDatabase();
    await database.run(`CREATE TABLE t (page ${type}, start INTEGER, visits VARCHAR)`);
    await expect(totalsSink(database)).rejects.toMatchObject({
      code: 'MR_SINK_DUCKDB_SCHEMA',
      message: expect.stringContaining(`no column of type ${type} in the key`),
    });
  });
});

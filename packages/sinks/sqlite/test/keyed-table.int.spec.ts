import type { Sink, SinkWrite } from '@millrace/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sqliteSink, type SqliteSinkInput } from '../src/index.ts';
import { temporaryDatabase, type TemporaryDatabase } from './temporary-database.ts';

/** A change of a total: without a value, the total is removed. */
interface Total {
  readonly page?: unknown;
  readonly start?: unknown;
  readonly visits?: unknown;
  readonly isGone?: boolean;
}

let database: TemporaryDatabase;
let sinks: Sink<Total>[];
beforeEach(() => {
  database = temporaryDatabase();
  sinks = [];
});
afterEach(async () => {
  for (const sink of sinks) await sink.close?.();
  database.remove();
});

async function openSink(options: Partial<SqliteSinkInput<Total>> = {}): Promise<Sink<Total>> {
  const sink = sqliteSink<Total>({
    file: database.file,
    table: 'totals',
    columns: ['page', 'start', 'visits'],
    key: ['page', 'start'],
    remove: ({ isGone = false }) => isGone,
    ...options,
  });
  sinks.push(sink);
  await sink.open?.();
  return sink;
}

function write(batchTime = 1_000, partition = 0, partitions = 1): SinkWrite {
  return { application: 'app', batchTime, outputOperation: 0, partition, partitions };
}

const totals = () =>
  database.rows('SELECT * FROM totals ORDER BY page, start').map((row) => Object.values(row).join(' '));

const total = (page: unknown, start: unknown, visits: unknown): Total => ({ page, start, visits });
const gone = (page: unknown, start: unknown): Total => ({ page, start, isGone: true });

describe('sqliteSink with a key', () => {
  it('makes a table with the key, replaces the row of a key, and adds others', async () => {
    const sink = await openSink();
    await sink.write([total('home', 0, 1), total('shop', 0, 1)], write(1_000));
    await sink.write([total('home', 0, 5), total('home', 10, 2)], write(2_000));
    expect(totals()).toEqual(['home 0 5', 'home 10 2', 'shop 0 1']);
    expect(() => database.run("INSERT INTO totals VALUES ('home', 0, 9)")).toThrow('UNIQUE');
    expect(() => database.run('INSERT INTO totals VALUES (NULL, 0, 9)')).toThrow('NOT NULL');
  });

  it('lets the last record of a partition win', async () => {
    const sink = await openSink();
    await sink.write([total('home', 0, 1), total('home', 0, 3), total('home', 0, 2)], write());
    expect(totals()).toEqual(['home 0 2']);
  });

  it('removes rows, in the order of the records', async () => {
    const sink = await openSink();
    await sink.write([total('a', 0, 1), total('a', 5, 1), gone('a', 0), gone('never', 0)], write(1_000));
    expect(totals()).toEqual(['a 5 1']);
    await sink.write([gone('a', 5), total('a', 0, 2), gone('b', 0), total('b', 0, 1)], write(2_000));
    expect(totals()).toEqual(['a 0 2', 'b 0 1']);
  });

  it('does not repeat a written batch over the rows of a later batch (SINK-2)', async () => {
    const sink = await openSink();
    await sink.write([total('home', 0, 1)], write(1_000));
    await sink.write([total('home', 0, 2)], write(2_000));
    await sink.write([total('home', 0, 1)], write(1_000));
    expect(totals()).toEqual(['home 0 2']);
  });

  it.each([
    ['in order', [0, 1, 2]],
    ['in reverse order', [2, 1, 0]],
    ['in another order', [1, 2, 0]],
  ])('lets the highest partition of a batch win when the partitions are written %s', async (_, order) => {
    const partitions = [
      [total('a', 0, 'of 0'), gone('b', 0), total('c', 0, 'of 0'), total('d', 0, 'of 0')],
      [total('a', 0, 'of 1'), total('b', 0, 'of 1'), total('e', 0, 'of 1'), gone('e', 0)],
      [total('a', 0, 'first'), total('a', 0, 'of 2'), gone('c', 0)],
    ];
    await (await openSink()).write([total('e', 0, 'before')], write(1_000));
    for (const partition of order) {
      // Every partition has a sink of its own, as after a crash.
      const sink = await openSink();
      await sink.write(partitions[partition] ?? [], write(2_000, partition, 3));
    }
    expect(totals()).toEqual(['a 0 of 2', 'b 0 of 1', 'd 0 of 0']);
    const sink = await openSink();
    await sink.write([total('a', 0, 'later')], write(3_000, 0, 3));
    expect(totals()[0]).toBe('a 0 later');
  });

  it('forgets the keys of a batch with the next batch', async () => {
    const sink = await openSink();
    for (const batch of [1_000, 2_000, 3_000]) {
      for (const partition of [0, 1]) await sink.write([total(partition, 0, 1)], write(batch, partition, 2));
    }
    expect(database.rows('SELECT batch_time FROM "millrace_ledger_keys,totals,page,start"')).toEqual([
      { batch_time: 3_000 },
    ]);
  });

  it('compares keys of several partitions like the index of the table', async () => {
    database.run('CREATE TABLE totals (page TEXT, start INTEGER, visits)');
    database.run('CREATE UNIQUE INDEX by_page ON totals (start, page COLLATE NOCASE)');
    const sink = await openSink();
    await sink.write([total('Home', '5', 'of 1'), gone('SHOP', 5)], write(1_000, 1, 2));
    await sink.write([total('HOME', 5, 'of 0'), total('shop', 5, 'of 0')], write(1_000, 0, 2));
    expect(totals()).toEqual(['Home 5 of 1']);
    await sink.write([gone('hOME', 5)], write(2_000));
    expect(totals()).toEqual([]);
  });

  it('refuses a repetition with another number of partitions, and changes nothing (SINK-17)', async () => {
    const sink = await openSink();
    await sink.write([total('home', 0, 1)], write(1_000, 0, 2));
    for (const partition of [0, 1, 2]) {
      await expect(sink.write([total('home', 0, 2)], write(1_000, partition, 3))).rejects.toMatchObject({
        code: 'MR_SINK_REPARTITIONED',
      });
    }
    expect(totals()).toEqual(['home 0 1']);
  });

  it.each([
    ['null', total('home', null, 1)],
    ['a missing field', { page: 'home', visits: 1 }],
    ['a removal without the whole key', { page: 'home', isGone: true }],
  ])('refuses %s in the key, naming the record, and writes nothing (SINK-14)', async (_, record) => {
    const sink = await openSink();
    await expect(sink.write([total('a', 0, 1), record], write())).rejects.toMatchObject({
      code: 'MR_SINK_UNSUPPORTED_RECORD',
      message: expect.stringContaining('column "start": got no value for a column of the key'),
      details: { index: 1, column: 'start' },
    });
    expect(totals()).toEqual([]);
  });

  it('refuses an answer of remove that is not true or false', async () => {
    const remove = (async () => false) as unknown as () => boolean;
    const sink = await openSink({ remove });
    await expect(sink.write([total('a', 0, 1)], write())).rejects.toMatchObject({
      code: 'MR_SINK_UNSUPPORTED_RECORD',
      message: expect.stringContaining('expected remove to return true or false, got a value of type object'),
    });
  });

  it('keeps columns that no record has, and writes records that are all key', async () => {
    database.run('CREATE TABLE totals (page, start, note DEFAULT 7, PRIMARY KEY (start, page))');
    const sink = await openSink({ columns: ['page', 'start'] });
    await sink.write([total('home', 0, 1)], write(1_000));
    database.run("UPDATE totals SET note = 'seen'");
    await sink.write([total('home', 0, 1), total('shop', 0, 1)], write(2_000));
    expect(totals()).toEqual(['home 0 seen', 'shop 0 7']);
  });

  it.each([
    ['no index', ''],
    ['an index that is not unique', 'CREATE INDEX i ON totals (page, start)'],
    ['a unique index on fewer columns', 'CREATE UNIQUE INDEX i ON totals (page)'],
    ['a unique index on more columns', 'CREATE UNIQUE INDEX i ON totals (page, start, visits)'],
    ['a partial index', 'CREATE UNIQUE INDEX i ON totals (page, start) WHERE visits > 1'],
    ['an index on an expression', 'CREATE UNIQUE INDEX i ON totals (page, abs(start))'],
  ])('refuses a table with %s, naming the statement that makes one', async (_, index) => {
    database.run(`CREATE TABLE totals (page, start, visits); ${index}`);
    await expect(openSink()).rejects.toMatchObject({
      code: 'MR_SINK_SQLITE_SCHEMA',
      disposition: 'stop-engine',
      message: expect.stringMatching(/CREATE UNIQUE INDEX "totals_key" ON "totals" \("page", "start"\)$/),
    });
    expect(database.rows("SELECT name FROM sqlite_schema WHERE name LIKE 'millrace%'")).toEqual([]);
  });

  it('names a missing column before a missing index', async () => {
    database.run('CREATE TABLE totals (page, start)');
    await expect(openSink()).rejects.toMatchObject({
      message: expect.stringContaining('no column named visits'),
    });
  });

  it.each([
    ['PRIMARY KEY', 'page TEXT PRIMARY KEY, visits'],
    ['INTEGER PRIMARY KEY', 'page INTEGER PRIMARY KEY, visits'],
    ['UNIQUE', 'visits, Page UNIQUE'],
  ])('accepts a table whose key is %s', async (_, columns) => {
    database.run(`CREATE TABLE totals (${columns})`);
    const sink = await openSink({ columns: ['page', 'visits'], key: ['PAGE'] });
    for (const batch of [1, 2]) {
      for (const partition of [1, 0])
        await sink.write([{ page: 7, visits: partition }], write(batch, partition, 2));
    }
    expect(database.rows('SELECT page + 0 AS page, visits FROM totals')).toEqual([{ page: 7, visits: 1 }]);
  });

  it('keeps the keys of two tables apart, although their names are the same words', async () => {
    const names = [
      { table: 'visits_page', key: ['start'] },
      { table: 'visits', key: ['page_start'] },
      { table: 'visits', key: ['page', 'start'] },
    ];
    database.run(`
      CREATE TABLE visits_page (start PRIMARY KEY);
      CREATE TABLE visits (page, start, page_start UNIQUE, UNIQUE (page, start))`);
    const sinks: Sink<Total>[] = [];
    for (const { table, key } of names) sinks.push(await openSink({ table, key, columns: key }));
    const [one, other, third] = sinks;
    await one?.write([{ start: 7 }], write(1_000, 1, 2));
    // Another ledger entry, of the same write: a write may go to several tables.
    await other?.write([{ page_start: 7 } as Total], write(1_000, 0, 2));
    await third?.write([{ page: 1, start: 1 }], { ...write(1_000, 0, 2), outputOperation: 1 });
    expect(database.rows('SELECT * FROM visits_page')).toEqual([{ start: 7 }]);
    expect(database.rows('SELECT * FROM visits')).toEqual([
      { page: null, start: null, page_start: 7 },
      { page: 1, start: 1, page_start: null },
    ]);
  });

  it('keeps integers of 64 bits, in key and values', async () => {
    const big = 2n ** 53n + 1n;
    const sink = await openSink({ columns: [{ name: 'page', type: 'INTEGER' }, 'visits'], key: ['page'] });
    await sink.write(
      [
        { page: big, visits: 2n ** 63n - 1n },
        { page: big - 1n, visits: -(2n ** 63n) },
      ],
      write(),
    );
    const connection = database.connect();
    const statement = connection.prepare('SELECT * FROM totals ORDER BY page');
    statement.setReadBigInts(true);
    expect(statement.all().map((row) => ({ ...row }))).toEqual([
      { page: big - 1n, visits: -(2n ** 63n) },
      { page: big, visits: 2n ** 63n - 1n },
    ]);
    connection.close();
  });
});

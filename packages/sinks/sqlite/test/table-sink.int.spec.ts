import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { isMillraceError, SinkWriter, type Sink, type SinkWrite } from '@millrace/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sqliteSink, sqliteSinkOptions, type SqliteSinkInput } from '../src/index.ts';
import type { SqliteModule } from '../src/sqlite-module.ts';
import { TableSink } from '../src/table-sink.ts';
import { FaultySqlite } from './faulty-sqlite.ts';
import { temporaryDatabase, type TemporaryDatabase } from './temporary-database.ts';

let database: TemporaryDatabase;
let sinks: Sink<unknown>[];
beforeEach(() => {
  database = temporaryDatabase();
  sinks = [];
});
afterEach(async () => {
  for (const sink of sinks) await sink.close?.();
  database.remove();
});

async function opened<T>(sink: Sink<T>): Promise<Sink<T>> {
  sinks.push(sink as Sink<unknown>);
  await sink.open?.();
  return sink;
}

const optionsOf = (options: Partial<SqliteSinkInput> = {}): SqliteSinkInput => ({
  file: database.file,
  table: 't',
  columns: ['a'],
  ...options,
});

const openSink = (options: Partial<SqliteSinkInput> = {}) => opened(sqliteSink<unknown>(optionsOf(options)));

function write(batchTime = 1_000, differences: Partial<SinkWrite> = {}): SinkWrite {
  return { application: 'app', batchTime, outputOperation: 0, partition: 0, partitions: 1, ...differences };
}

/** A `node:sqlite` that records the opened databases. */
function recordingSqlite(connections: DatabaseSync[]): SqliteModule {
  class Recorded extends DatabaseSync {
    constructor(file: string) {
      super(file);
      connections.push(this);
    }
  }
  return sqliteWith(Recorded);
}

function sqliteWith(Database: new (file: string) => DatabaseSync): SqliteModule {
  return { ...process.getBuiltinModule('node:sqlite'), DatabaseSync: Database } as SqliteModule;
}

const rowsOf = (table = 't') => database.rows(`SELECT * FROM "${table}" ORDER BY rowid`);

describe('sqliteSink', () => {
  it.each([
    [{}, 'wal', 2],
    [{ journalMode: 'delete', synchronous: 'extra' }, 'delete', 3],
    [{ synchronous: 'normal' }, 'wal', 1],
  ] as const)('configures journal and syncs with %o as %s, %i', async (differences, mode, synchronous) => {
    const options = sqliteSinkOptions.parse(optionsOf(differences));
    const connections: DatabaseSync[] = [];
    const load = () => recordingSqlite(connections);
    await opened(new TableSink<unknown>({ options, row: undefined, load }));
    expect(connections.map((connection) => connection.prepare('PRAGMA journal_mode').get())).toEqual([
      expect.objectContaining({ journal_mode: mode }),
    ]);
    expect(connections[0]?.prepare('PRAGMA synchronous').get()).toMatchObject({ synchronous });
  });

  it('makes the table, with the types from the options', async () => {
    const sink = await openSink({ columns: ['a', { name: 'b', type: 'TEXT' }] });
    await sink.write([{ a: 5, b: 5 }], write());
    expect(rowsOf()).toEqual([{ a: 5, b: '5' }]);
    expect(database.rows('SELECT typeof(a) AS a FROM t')).toEqual([{ a: 'integer' }]);
  });

  it('keeps values unchanged', async () => {
    const sink = await openSink();
    const values = [null, 'a\0ä', 0.5, 2 ** 53 - 1, -1, new Uint8Array([0, 255]), Infinity];
    await sink.write(
      values.map((a) => ({ a })),
      write(),
    );
    expect(rowsOf().map(({ a }) => a)).toEqual(values);
  });

  it('makes rows with the function from the arguments', async () => {
    const pairs = sqliteSink<[string, number]>(
      optionsOf({ columns: ['word', 'count'] }),
      ([word, count]) => ({ word, count }),
    );
    const sink = await opened(pairs);
    await sink.write(
      new Map([
        ['x', 1],
        ['y', 2],
      ]),
      write(),
    );
    expect(rowsOf()).toEqual([
      { word: 'x', count: 1 },
      { word: 'y', count: 2 },
    ]);
  });

  it('names the record when the function throws, and writes nothing (SINK-14)', async () => {
    const sink = await opened(
      sqliteSink<number>(optionsOf(), (a) => {
        if (a === 2) throw new Error('no two');
        return { a };
      }),
    );
    await expect(sink.write([1, 2, 3], write())).rejects.toMatchObject({
      code: 'MR_SINK_UNSUPPORTED_RECORD',
      disposition: 'fail-batch',
      details: { index: 1 },
    });
    expect(rowsOf()).toEqual([]);
  });

  it('names column and record of a value without a type, and writes nothing (SINK-14)', async () => {
    const sink = await openSink();
    await expect(sink.write([{ a: 1 }, { a: [] }], write())).rejects.toMatchObject({
      code: 'MR_SINK_UNSUPPORTED_RECORD',
      message: expect.stringContaining('record 1 of partition 0, column "a": got an array'),
      details: { index: 1, column: 'a' },
    });
    expect(rowsOf()).toEqual([]);
  });

  it('quotes any names', async () => {
    const table = 'a"; DROP TABLE millrace_ledger; --';
    const columns = ['select', 'x y', '"', 'ä'];
    const sink = await openSink({ table, columns, ledgerTable: 'the "ledger"' });
    const record = { select: 1, 'x y': 2, '"': 3, ä: 4 };
    await sink.write([record], write());
    await sink.write([record], write());
    expect(database.rows('SELECT * FROM "a""; DROP TABLE millrace_ledger; --"')).toEqual([record]);
  });

  it('writes to two tables under one identity', async () => {
    const [one, two] = [await openSink({ table: 'one' }), await openSink({ table: 'two' })];
    for (const sink of [one, two, one, two]) await sink.write([{ a: 1 }], write());
    expect([rowsOf('one'), rowsOf('two')]).toEqual([[{ a: 1 }], [{ a: 1 }]]);
  });

  it('treats names of one table in different case as equal (SINK-2)', async () => {
    for (const table of ['Words', 'words', 'WORDS']) {
      const sink = await openSink({ table });
      await sink.write([{ a: 1 }], write());
    }
    expect(rowsOf('words')).toEqual([{ a: 1 }]);
  });

  it('passes on errors of the record source, and writes nothing (SINK-4)', async () => {
    const sink = await openSink();
    const failure = new Error('source');
    function* failing() {
      yield { a: 1 };
      throw failure;
    }
    await expect(sink.write(failing(), write())).rejects.toBe(failure);
    expect(rowsOf()).toEqual([]);
  });

  it('works through a SinkWriter', async () => {
    const writer = new SinkWriter(sqliteSink<{ a: number }>(optionsOf()));
    await Promise.all(
      [0, 1].map((partition) => writer.write([{ a: partition }], write(1_000, { partition, partitions: 2 }))),
    );
    await writer.close();
    expect(rowsOf()).toEqual([{ a: 0 }, { a: 1 }]);
  });
});

describe('sqliteSink after a failure', () => {
  it('fails the batch on a constraint, naming the record, and writes nothing', async () => {
    database.run('CREATE TABLE t (a INTEGER UNIQUE)');
    const sink = await openSink();
    await sink.write([{ a: 1 }], write());
    await expect(sink.write([{ a: 2 }, { a: 1 }], write(2_000))).rejects.toMatchObject({
      code: 'MR_SINK_SQLITE_CONSTRAINT',
      disposition: 'fail-batch',
      message: expect.stringMatching(/record 1 of partition 0 .*UNIQUE constraint failed: t\.a/),
      details: { index: 1, batchTime: 2_000 },
    });
    expect(rowsOf()).toEqual([{ a: 1 }]);
  });

  it('requests a retry while another connection writes, and succeeds afterwards', async () => {
    const sink = await openSink({ busyTimeoutMs: 0 });
    const other = database.connect();
    other.exec('BEGIN IMMEDIATE');
    await expect(sink.write([{ a: 1 }], write())).rejects.toMatchObject({
      code: 'MR_SINK_SQLITE_BUSY',
      disposition: 'retry',
    });
    other.exec('COMMIT');
    other.close();
    await sink.write([{ a: 1 }], write());
    expect(rowsOf()).toEqual([{ a: 1 }]);
  });

  it('waits when the database is full, and continues when there is room', async () => {
    const options = sqliteSinkOptions.parse(optionsOf());
    const load = () => new FaultySqlite().module('PRAGMA max_page_count = 8');
    const full = await opened(new TableSink<unknown>({ options, row: undefined, load }));
    const records = Array.from({ length: 100 }, (_, i) => ({ a: `${i} ${'x'.repeat(1_000)}` }));
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await expect(full.write(records, write())).rejects.toMatchObject({
        code: 'MR_SINK_SQLITE_FULL',
        disposition: 'back-off',
      });
    }
    expect(rowsOf()).toEqual([]);
    const sink = await openSink();
    await sink.write(records, write());
    expect(rowsOf()).toHaveLength(100);
  });

  it('makes no table without createTable, and never a column', async () => {
    await expect(openSink({ createTable: false })).rejects.toMatchObject({ code: 'MR_SINK_SQLITE_SCHEMA' });
    database.run('CREATE TABLE t (a)');
    await expect(openSink({ columns: ['a', 'b'] })).rejects.toMatchObject({
      code: 'MR_SINK_SQLITE_SCHEMA',
      message: expect.stringContaining('no column named b'),
    });
    expect(database.rows("SELECT name FROM sqlite_schema WHERE name LIKE 'millrace%'")).toEqual([]);
  });

  it('refuses a ledger with another schema', async () => {
    database.run('CREATE TABLE notes (note)');
    await expect(openSink({ ledgerTable: 'notes' })).rejects.toMatchObject({ code: 'MR_SINK_SQLITE_SCHEMA' });
  });

  it('refuses a file that cannot be opened, and opens when the file is usable (SINK-11)', async () => {
    const directory = join(database.directory, 'missing');
    const sink = sqliteSink(optionsOf({ file: join(directory, 'out.db') }));
    await expect(sink.open?.()).rejects.toMatchObject({
      code: 'MR_SINK_SQLITE_DENIED',
      message: expect.stringContaining('check that the directory exists'),
    });
    mkdirSync(directory);
    await (await opened(sink)).write([{ a: 1 }], write());
  });

  it('refuses a file that is not a database', async () => {
    writeFileSync(database.file, 'carrier,ms\n'.repeat(1_000));
    await expect(openSink()).rejects.toMatchObject({
      code: 'MR_SINK_SQLITE_DAMAGED',
      disposition: 'stop-engine',
    });
  });

  it('refuses a journal mode that the database does not accept', async () => {
    // A database in memory keeps its journal in memory, for any requested mode.
    class InMemory extends DatabaseSync {
      constructor() {
        super(':memory:');
      }
    }
    const load = () => sqliteWith(InMemory);
    const sink = new TableSink({ options: sqliteSinkOptions.parse(optionsOf()), row: undefined, load });
    await expect(sink.open()).rejects.toMatchObject({ code: 'MR_SINK_SQLITE_JOURNAL_MODE' });
  });
});

describe('the ledger of sqliteSink', () => {
  const batches = async (
    sink: Sink<unknown>,
    from: number,
    to: number,
    differences: Partial<SinkWrite> = {},
  ) => {
    for (let batch = from; batch <= to; batch += 1)
      await sink.write([{ a: batch }], write(batch * 1_000, differences));
  };
  const remembered = (where = 'TRUE') =>
    database.rows(`SELECT count(DISTINCT batch_time) AS n FROM millrace_ledger WHERE ${where}`)[0]?.['n'];

  it('drops old batches and stays within its bound', async () => {
    const sink = await openSink({ ledgerBatches: 10 });
    await batches(sink, 1, 500);
    expect(remembered()).toBeGreaterThanOrEqual(10);
    expect(remembered()).toBeLessThanOrEqual(10 + 64);
    expect(rowsOf()).toHaveLength(500);
  });

  it('stays within its bound even when every process is short', async () => {
    for (let start = 1; start < 100; start += 5) {
      const sink = await openSink({ ledgerBatches: 10 });
      await batches(sink, start, start + 4);
      await sink.close?.();
    }
    expect(remembered()).toBeLessThanOrEqual(10 + 5);
  });

  it('remembers every batch within its bound, and replays without a trace (SINK-2)', async () => {
    const sink = await openSink({ ledgerBatches: 50 });
    await batches(sink, 1, 200);
    await batches(sink, 151, 200);
    expect(rowsOf()).toHaveLength(200);
  });

  it('refuses a dropped batch instead of guessing', async () => {
    const sink = await openSink({ ledgerBatches: 10 });
    await batches(sink, 1, 200);
    await expect(sink.write([{ a: 1 }], write(1_000))).rejects.toMatchObject({
      code: 'MR_SINK_SQLITE_FORGOTTEN',
      disposition: 'fail-batch',
    });
    const later = await openSink({ ledgerBatches: 1_000 });
    await expect(later.write([{ a: 1 }], write(1_000))).rejects.toMatchObject({
      code: 'MR_SINK_SQLITE_FORGOTTEN',
    });
    expect(rowsOf()).toHaveLength(200);
  });

  it('writes no batch twice at the border of the dropped batches', async () => {
    const sink = await openSink({ ledgerBatches: 10 });
    await batches(sink, 1, 200);
    const outcomes = new Set<string>();
    for (let batch = 1; batch <= 200; batch += 1) {
      const again = sink.write([{ a: 1 }], write(batch * 1_000));
      outcomes.add(
        await again.then(
          () => 'known',
          (error: unknown) => (isMillraceError(error) ? error.code : 'broken'),
        ),
      );
    }
    expect([...outcomes].sort()).toEqual(['MR_SINK_SQLITE_FORGOTTEN', 'known']);
    expect(rowsOf()).toHaveLength(200);
  });

  it('drops batches of each output operation and application separately', async () => {
    const sink = await openSink({ ledgerBatches: 10 });
    await batches(sink, 1, 20, { outputOperation: 1 });
    await batches(sink, 1, 20, { application: 'other' });
    await batches(sink, 1, 300);
    expect([remembered('output_operation = 1'), remembered("application = 'other'")]).toEqual([20, 20]);
    await batches(sink, 1, 20, { outputOperation: 1 });
    expect(rowsOf()).toHaveLength(340);
  });

  it('refuses a repeated batch with other partitions (SINK-16)', async () => {
    const sink = await openSink();
    await sink.write([{ a: 1 }], write(1_000, { partition: 0, partitions: 2 }));
    for (const partition of [0, 1]) {
      await expect(sink.write([{ a: 2 }], write(1_000, { partition, partitions: 3 }))).rejects.toMatchObject({
        code: 'MR_SINK_REPARTITIONED',
        disposition: 'fail-batch',
      });
    }
    expect(rowsOf()).toEqual([{ a: 1 }]);
  });
});

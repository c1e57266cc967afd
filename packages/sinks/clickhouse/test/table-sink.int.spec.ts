// The sink over a real server: values, tables that do not fit, several writers, bounds that change, what the ledger knows.
import type { Sink } from '@millrace/core';
import { describe, expect, onTestFinished } from 'vitest';
import { clickhouseSink, type ClickhouseRow, type ClickhouseSinkInput } from '../src/index.ts';
import type { Database } from './server.ts';
import { withClickhouse } from './with-clickhouse.ts';

const { itWithClickhouse } = withClickhouse();
const WINDOW = 'ENGINE = MergeTree ORDER BY tuple() SETTINGS non_replicated_deduplication_window = 1000';

async function openSink(
  database: Database,
  options: Partial<ClickhouseSinkInput> = {},
): Promise<Sink<ClickhouseRow>> {
  const sink = clickhouseSink<ClickhouseRow>({ ...database.place, table: 't', columns: ['a'], ...options });
  onTestFinished(() => sink.close?.());
  await sink.open?.();
  return sink;
}

function write(batchTime = 1_000, partition = 0, partitions = 1) {
  return { application: `it's \\ "app"`, batchTime, outputOperation: 0, partition, partitions };
}

describe('a new table', () => {
  itWithClickhouse('has the columns and the key of the options, and keeps values', async (server) => {
    const database = await server.database();
    const columns = [
      'text',
      { name: 'big', type: 'Int64' },
      { name: 'at', type: "DateTime64(3, 'UTC')" },
      { name: 'list', type: 'Array(UInt8)' },
      { name: 'amount', type: 'Decimal(18, 2)' },
      { name: 'some`thing', type: 'Nullable(Float64)' },
    ];
    const sink = await openSink(database, { create: true, columns, orderBy: ['text', 'big'] });
    const at = new Date('2026-11-30T12:34:56.789Z');
    await sink.write(
      [
        { text: `'a'\\\n`, big: 2n ** 62n, at, list: [1, 255], amount: '12.50', 'some`thing': 0.1 },
        { text: 'b', big: -5, at: '2026-01-02 03:04:05', list: [], amount: 1, 'some`thing': null, other: 1 },
      ],
      write(),
    );
    expect(await database.run('SELECT * REPLACE (toString(big) AS big) FROM {db}.t ORDER BY text')).toEqual([
      {
        text: `'a'\\\n`,
        big: String(2n ** 62n),
        at: '2026-11-30 12:34:56.789',
        list: [1, 255],
        amount: 12.5,
        'some`thing': 0.1,
      },
      { text: 'b', big: '-5', at: '2026-01-02 03:04:05.000', list: [], amount: 1, 'some`thing': null },
    ]);
    const [table] = await database.run(
      "SELECT sorting_key FROM system.tables WHERE database = '{db}' AND name = 't'",
    );
    expect(table).toEqual({ sorting_key: 'text, big' });
  });
});

describe('a table that does not fit', () => {
  const WRONG: readonly (readonly [string, string, Partial<ClickhouseSinkInput>, string])[] = [
    ['a missing table', 'CREATE TABLE {db}.other (a Int8) ENGINE = Memory', {}, 'MR_SINK_CLICKHOUSE_SCHEMA'],
    ['a missing column', `CREATE TABLE {db}.t (b Int8) ${WINDOW}`, {}, 'MR_SINK_CLICKHOUSE_SCHEMA'],
    [
      'a computed column',
      `CREATE TABLE {db}.t (b Int8, a Int8 ALIAS b) ${WINDOW}`,
      {},
      'MR_SINK_CLICKHOUSE_SCHEMA',
    ],
    ['a missing database', 'SELECT 1', { database: 'nowhere' }, 'MR_SINK_CLICKHOUSE_SCHEMA'],
    [
      'no window',
      'CREATE TABLE {db}.t (a Int8) ENGINE = MergeTree ORDER BY a',
      {},
      'MR_SINK_CLICKHOUSE_NO_WINDOW',
    ],
    [
      'an engine without tokens',
      'CREATE TABLE {db}.t (a Int8) ENGINE = Memory',
      {},
      'MR_SINK_CLICKHOUSE_NO_WINDOW',
    ],
  ];
  for (const [what, statement, options, code] of WRONG) {
    itWithClickhouse(`is refused by open: ${what}`, async (server) => {
      const database = await server.database();
      await database.run(statement);
      await expect(openSink(database, options)).rejects.toMatchObject({ code });
    });
  }

  itWithClickhouse('takes rows at least once without a window', async (server) => {
    const database = await server.database();
    await database.run('CREATE TABLE {db}.t (a Int8) ENGINE = Memory');
    const sink = await openSink(database, { delivery: 'at-least-once' });
    await sink.write([{ a: 1 }], write());
    await sink.write([{ a: 1 }], write());
    expect(await database.run('SELECT a FROM {db}.t')).toEqual([{ a: 1 }]);
    expect(sink.capabilities).toEqual({ delivery: 'at-least-once' });
  });
});

describe('records', () => {
  itWithClickhouse('that do not fit their columns are refused, and nothing is written', async (server) => {
    const database = await server.database();
    await database.run(`CREATE TABLE {db}.t (a UInt8, d Date) ${WINDOW}`);
    const sink = await openSink(database, { columns: ['a', 'd'] });
    await expect(sink.write([{ a: 1 }, { a: 300 }], write())).rejects.toMatchObject({
      code: 'MR_SINK_UNSUPPORTED_RECORD',
      details: { index: 1, column: 'a' },
    });
    await expect(sink.write([{ a: 1 }, { a: 1, d: 'seven' }], write())).rejects.toMatchObject({
      code: 'MR_SINK_CLICKHOUSE_VALUE',
      disposition: 'fail-batch',
    });
    await database.run('ALTER TABLE {db}.t ADD CONSTRAINT few CHECK a < 10');
    await expect(sink.write([{ a: 11 }], write())).rejects.toMatchObject({
      code: 'MR_SINK_CLICKHOUSE_VALUE',
    });
    expect(await database.run('SELECT * FROM {db}.t')).toEqual([]);
    await sink.write([{ a: 2 }], write());
    expect(await database.run('SELECT * FROM {db}.t')).toEqual([{ a: 2, d: '1970-01-01' }]);
  });

  itWithClickhouse('are taken as they are inserted (SINK-13)', async (server) => {
    const database = await server.database();
    await database.run(`CREATE TABLE {db}.t (a String) ${WINDOW}`);
    const sink = await openSink(database, { maxRowsPerInsert: 100, bytesInMemory: 0 });
    let taken = 0;
    function* records() {
      for (; taken < 2_000; taken += 1) {
        // The table has the rows of every insert before the next one is converted.
        if (taken === 1_950) throw new Error('late');
        yield { a: 'x' };
      }
    }
    await expect(sink.write(records(), write())).rejects.toThrow('late');
    const [count] = await database.run('SELECT toUInt32(count()) AS rows FROM {db}.t');
    expect(count).toEqual({ rows: 1_900 });
  });
});

describe('several writers', () => {
  itWithClickhouse('write a batch at once, and each row is there once (SINK-15)', async (server) => {
    const database = await server.database();
    await database.run(`CREATE TABLE {db}.t (a Int32) ${WINDOW}`);
    const sinks = await Promise.all([1, 2, 3].map(() => openSink(database, { maxRowsPerInsert: 7 })));
    const records = Array.from({ length: 50 }, (_, a) => ({ a }));
    await Promise.all(sinks.map((sink) => sink.write(records, write())));
    expect(await database.run('SELECT a FROM {db}.t ORDER BY a')).toEqual(records);
  });

  itWithClickhouse('with other bounds complete a batch with the first bounds', async (server) => {
    const database = await server.database();
    await database.run(`CREATE TABLE {db}.t (a Int32) ${WINDOW}`);
    const records = Array.from({ length: 50 }, (_, a) => ({ a }));
    function* failing() {
      yield* records.slice(0, 30);
      throw new Error('the process is gone');
    }
    const first = await openSink(database, { maxRowsPerInsert: 7, bytesInMemory: 0 });
    await expect(first.write(failing(), write())).rejects.toThrow('gone');
    const second = await openSink(database, { maxRowsPerInsert: 20 });
    await second.write(records, write());
    expect(await database.run('SELECT a FROM {db}.t ORDER BY a')).toEqual(records);
  });
});

describe('the ledger', () => {
  itWithClickhouse('recognises a partition whose tokens the table has forgotten', async (server) => {
    const database = await server.database();
    await database.run(`CREATE TABLE {db}.t (a Int32) ${WINDOW.replace('1000', '1')}`);
    const sink = await openSink(database);
    for (const batchTime of [1, 2, 3, 4]) await sink.write([{ a: batchTime }], write(batchTime));
    for (const batchTime of [1, 2, 3, 4]) await sink.write([{ a: batchTime }], write(batchTime));
    expect(await database.run('SELECT a FROM {db}.t ORDER BY a')).toEqual([
      { a: 1 },
      { a: 2 },
      { a: 3 },
      { a: 4 },
    ]);
  });

  itWithClickhouse(
    'refuses a batch whose row was removed while the server knows its token',
    async (server) => {
      const database = await server.database();
      await database.run(`CREATE TABLE {db}.t (a Int32) ${WINDOW}`);
      const sink = await openSink(database);
      await sink.write([{ a: 1 }], write());
      await database.run('ALTER TABLE {db}.millrace_ledger DELETE WHERE 1 SETTINGS mutations_sync = 2');
      await expect(sink.write([{ a: 1 }], write())).rejects.toMatchObject({
        code: 'MR_SINK_CLICKHOUSE_FORGOTTEN',
      });
      expect(await database.run('SELECT a FROM {db}.t')).toEqual([{ a: 1 }]);
    },
  );
});

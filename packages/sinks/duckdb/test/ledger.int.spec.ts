// The ledger of `duckdbSink`: repeated, forgotten and repartitioned batches, and a database that lost its writes.
import { isMillraceError, type Sink, type SinkWrite } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { openSink, testDatabase, write } from './opened-sinks.ts';
import type { TemporaryDatabase } from './temporary-database.ts';

const batches = async (
  sink: Sink<{ a: string }>,
  [from, to]: readonly [number, number],
  differences: Partial<SinkWrite> = {},
) => {
  for (let batch = from; batch <= to; batch += 1)
    await sink.write([{ a: `${batch}` }], { ...write(batch * 1_000), ...differences });
};

const remembered = async (database: TemporaryDatabase, where = 'TRUE') => {
  const query = `SELECT count(DISTINCT batch_time)::INTEGER AS n FROM millrace_ledger WHERE ${where}`;
  return (await database.run(query))[0]?.['n'];
};

const rowCount = async (database: TemporaryDatabase) =>
  (await database.run('SELECT count(*)::INTEGER AS n FROM t'))[0]?.['n'];

describe('the ledger of duckdbSink', () => {
  it('drops old batches, stays within its bound, and refuses a dropped batch instead of guessing', async () => {
    const database = testDatabase();
    const sink = await openSink<{ a: string }>(database, { ledgerBatches: 10 });
    await batches(sink, [1, 200]);
    expect(await remembered(database)).toBeGreaterThanOrEqual(10);
    expect(await remembered(database)).toBeLessThanOrEqual(10 + 64);
    await expect(batches(sink, [1, 1])).rejects.toMatchObject({
      code: 'MR_SINK_DUCKDB_FORGOTTEN',
      disposition: 'fail-batch',
    });
    const outcomes = new Set<string>();
    for (let batch = 1; batch <= 200; batch += 1) {
      const again = sink.write([{ a: 'again' }], write(batch * 1_000));
      const outcome = again.then(
        () => 'known',
        (error: unknown) => (isMillraceError(error) ? error.code : 'broken'),
      );
      outcomes.add(await outcome);
    }
    expect([...outcomes].sort()).toEqual(['MR_SINK_DUCKDB_FORGOTTEN', 'known']);
    expect(await rowCount(database)).toBe(200);
  });

  it('stays within its bound even when every sink is short', async () => {
    const database = testDatabase();
    for (let start = 1; start < 50; start += 5) {
      const sink = await openSink<{ a: string }>(database, { ledgerBatches: 10 });
      await batches(sink, [start, start + 4]);
      await sink.close?.();
    }
    expect(await remembered(database)).toBeLessThanOrEqual(10 + 5);
  });

  it('drops batches of each output operation and application separately', async () => {
    const database = testDatabase();
    const sink = await openSink<{ a: string }>(database, { ledgerBatches: 10 });
    await batches(sink, [1, 20], { outputOperation: 1 });
    await batches(sink, [1, 20], { application: 'other' });
    await batches(sink, [1, 100]);
    expect(await remembered(database, 'output_operation = 1')).toBe(20);
    expect(await remembered(database, "application = 'other'")).toBe(20);
    await batches(sink, [1, 20], { outputOperation: 1 });
    expect(await rowCount(database)).toBe(140);
  });

  it('has the number of rows of each partition', async () => {
    const database = testDatabase();
    const sink = await openSink<{ a: string }>(database);
    await sink.write([{ a: '1' }, { a: '2' }], write(1_000, 1, 2));
    await sink.write([], write(1_000, 0, 2));
    const query = 'SELECT "partition", partitions, row_count::INTEGER AS n FROM millrace_ledger ORDER BY 1';
    expect(await database.run(query)).toEqual([
      { partition: 0, partitions: 2, n: 0 },
      { partition: 1, partitions: 2, n: 2 },
    ]);
  });

  it('is missed when its last write is gone: an older copy of the file', async () => {
    const database = testDatabase();
    const sink = await openSink<{ a: string }>(database);
    await sink.write([{ a: '1' }], write());
    await database.run('DELETE FROM millrace_ledger');
    await expect(sink.write([{ a: '2' }], write(2_000))).rejects.toMatchObject({
      code: 'MR_SINK_DUCKDB_REPLACED',
      disposition: 'stop-engine',
      message: expect.stringContaining('an older copy was put in the place of the file'),
    });
    expect(await rowCount(database)).toBe(1);
  });
});

import { sinkConformance, type SinkFault } from '@millrace/testing/conformance';
import { describe, it } from 'vitest';
import { duckdbSinkOptions } from '../src/index.ts';
import { DuckdbTableSink } from '../src/duckdb-table-sink.ts';
import { FaultyDuckdb, type StatementFault } from './faulty-duckdb.ts';
import { TemporaryDatabase } from './temporary-database.ts';

/** Each write waits for the disk. */
const CHECK_MS = 60_000;

function create(key?: readonly string[]) {
  const database = new TemporaryDatabase();
  const duckdb = new FaultyDuckdb();
  const columns = [{ name: 'id', type: 'INTEGER' }, 'text'];
  const options = duckdbSinkOptions.parse({ file: database.file, table: 'records', columns, key });
  return {
    duckdb,
    createSink: () =>
      new DuckdbTableSink<unknown>(options, { row: undefined, remove: undefined }, duckdb.load),
    // A table with a key has no order.
    readBack: () => database.run(`SELECT id, text FROM records${key === undefined ? '' : ' ORDER BY id'}`),
    dispose: () => database.remove(),
  };
}

const faults: Readonly<Record<string, StatementFault>> = {
  'a transaction does not begin': { sql: 'BEGIN' },
  'the rows are not staged': { sql: 'millrace_stage' },
  'the row of the ledger fails': { sql: 'INSERT INTO "main"."millrace_ledger"' },
  'the rows fail': { sql: 'INSERT INTO "main"."records"' },
  'DuckDB fails for good in the rows': { sql: 'INSERT INTO "main"."records"', isFatal: true },
  'a commit fails': { sql: 'COMMIT' },
  'DuckDB fails for good in a commit': { sql: 'COMMIT', isFatal: true },
  'the answer to a commit is lost': { sql: 'COMMIT', takesEffect: true },
};

const kits = [
  { name: 'duckdbSink', create: () => create() },
  { name: 'duckdbSink with a key', create: () => create(['id']) },
];
for (const kit of kits) {
  sinkConformance(
    { describe, it },
    {
      ...kit,
      module: import.meta.url,
      timeoutMs: CHECK_MS,
      capabilities: { delivery: 'effectively-once' },
      record: (id): unknown => ({ id, text: `text of ${id}` }),
      unsupportedRecord: { id: {} },
      faults: Object.entries(faults).map(([name, fault]): SinkFault<ReturnType<typeof create>> => ({
        name,
        inject: ({ duckdb }) => duckdb.failOnce(fault),
      })),
    },
  );
}

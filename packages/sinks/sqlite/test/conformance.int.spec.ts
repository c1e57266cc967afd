import { sinkConformance, type SinkFault } from '@millrace/testing/conformance';
import { describe, it } from 'vitest';
import { sqliteSinkOptions } from '../src/index.ts';
import { TableSink } from '../src/table-sink.ts';
import { FaultySqlite, type StatementFault } from './faulty-sqlite.ts';
import { temporaryDatabase } from './temporary-database.ts';

function create(key?: string[]) {
  const database = temporaryDatabase();
  const sqlite = new FaultySqlite();
  const options = sqliteSinkOptions.parse({
    file: database.file,
    table: 'records',
    columns: ['id', 'text'],
    key,
  });
  return {
    sqlite,
    createSink: () => new TableSink<unknown>({ options, row: undefined, load: () => sqlite.module() }),
    readBack: async () => database.rows('SELECT id, text FROM records ORDER BY rowid'),
    dispose: () => database.remove(),
  };
}

const faults: Readonly<Record<string, StatementFault>> = {
  'a transaction does not begin': { sql: 'BEGIN' },
  'a row in the middle fails': { sql: 'INSERT INTO "records"', call: 57 },
  'the row of the ledger fails': { sql: 'INSERT INTO "millrace_ledger"' },
  'a commit fails': { sql: 'COMMIT' },
  'the answer to a commit is lost': { sql: 'COMMIT', takesEffect: true },
};

const kits = [
  { name: 'sqliteSink', create: () => create() },
  { name: 'sqliteSink with a key', create: () => create(['id']) },
];
for (const kit of kits) {
  sinkConformance(
    { describe, it },
    {
      ...kit,
      module: import.meta.url,
      capabilities: { delivery: 'effectively-once' },
      record: (id): unknown => ({ id, text: `text of ${id}` }),
      unsupportedRecord: { id: {} },
      faults: Object.entries(faults).map(([name, fault]): SinkFault<ReturnType<typeof create>> => ({
        name,
        inject: ({ sqlite }) => sqlite.failOnce(fault),
      })),
    },
  );
}

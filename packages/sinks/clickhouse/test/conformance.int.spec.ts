import { sinkConformance, type SinkFault } from '@millrace/testing/conformance';
import { describe } from 'vitest';
import { clickhouseSink } from '../src/index.ts';
import { StatementProxy, type StatementFault } from './statement-proxy.ts';
import { withClickhouse } from './with-clickhouse.ts';

/** A check may kill the server and wait for its start. */
const CHECK_MS = 120_000;
const TEST_MS = CHECK_MS + 30_000;

const { itWithClickhouse, server } = withClickhouse();
const it = (title: string, test: Parameters<Parameters<typeof sinkConformance>[0]['it']>[1]): void =>
  itWithClickhouse(title, (_, context) => test(context), TEST_MS);

async function create() {
  const database = await server().database();
  const proxy = await StatementProxy.start(server().port);
  await database.run(
    `CREATE TABLE {db}.records (id Int32, text String) ENGINE = MergeTree ORDER BY id
    SETTINGS non_replicated_deduplication_window = 1000`,
  );
  return {
    proxy,
    createSink: () =>
      clickhouseSink<unknown>({
        ...database.place,
        port: proxy.port,
        table: 'records',
        columns: ['id', 'text'],
        maxRowsPerInsert: 1_000,
      }),
    readBack: () => database.run('SELECT id, text FROM {db}.records ORDER BY id'),
    crash: () => proxy.cut(),
    dispose: async () => {
      await proxy.close();
      await database.run('DROP DATABASE {db}');
    },
  };
}

const faults: Readonly<Record<string, StatementFault>> = {
  'the connection breaks at a look into the ledger': { sql: 'SELECT partition' },
  'the connection breaks at the begin of a batch': { sql: '"partition":-1' },
  'the connection breaks behind the begin of a batch': { sql: '"partition":-1', takesEffect: true },
  'the connection breaks before the rows': { sql: '`records`' },
  'the answer to the rows is lost': { sql: '`records`', takesEffect: true },
  'the connection breaks at the end of a partition': { sql: '"partition":0' },
  'the answer to the end of a partition is lost': { sql: '"partition":0', takesEffect: true },
};

sinkConformance(
  { describe, it },
  {
    name: 'clickhouseSink',
    module: import.meta.url,
    timeoutMs: CHECK_MS,
    create: create,
    capabilities: { delivery: 'effectively-once' },
    record: (id): unknown => ({ id, text: `text of "${id}"\n` }),
    unsupportedRecord: { id: 1.5 },
    faults: [
      ...Object.entries(faults).map(([fault, at]): SinkFault<Awaited<ReturnType<typeof create>>> => ({
        name: fault,
        inject: ({ proxy }) => proxy.breakAt(at),
      })),
      {
        name: 'the server is killed and starts again',
        inject: async () => {
          await server().server.kill();
          await server().server.restart();
        },
      },
    ],
  },
);

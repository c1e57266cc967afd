import { sinkConformance, type SinkFault } from '@millrace/testing/conformance';
import { describe } from 'vitest';
import {
  BreakingHttpProxy,
  type HttpBreakingPoint,
  type PassedRequest,
} from '../../../../tools/servers/breaking-http-proxy.ts';
import { clickhouseSink } from '../src/index.ts';
import { withClickhouse } from './with-clickhouse.ts';

/** A check may kill the server and wait for its start. */
const CHECK_MS = 120_000;
const TEST_MS = CHECK_MS + 30_000;

const { itWithClickhouse, server } = withClickhouse();
const it = (title: string, test: Parameters<Parameters<typeof sinkConformance>[0]['it']>[1]): void =>
  itWithClickhouse(title, (_, context) => test(context), TEST_MS);

/** Statements come in the address and in the body. */
const statementOf = ({ url, body }: PassedRequest): string =>
  `${decodeURIComponent(url.replaceAll('+', ' '))} ${body.toString()}`;

async function create() {
  const database = await server().database();
  const proxy = await BreakingHttpProxy.start(server().port, statementOf);
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

const faults: Readonly<Record<string, HttpBreakingPoint>> = {
  'the connection breaks at a look into the ledger': { at: 'SELECT partition' },
  'the connection breaks at the begin of a batch': { at: '"partition":-1' },
  'the connection breaks behind the begin of a batch': { at: '"partition":-1', takesEffect: true },
  'the connection breaks before the rows': { at: '`records`' },
  'the answer to the rows is lost': { at: '`records`', takesEffect: true },
  'the connection breaks at the end of a partition': { at: '"partition":0' },
  'the answer to the end of a partition is lost': { at: '"partition":0', takesEffect: true },
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

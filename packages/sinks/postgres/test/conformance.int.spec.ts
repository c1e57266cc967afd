import { BreakingProxy, type BreakingPoint } from '@millrace/testing';
import { sinkConformance, type SinkFault } from '@millrace/testing/conformance';
import { describe } from 'vitest';
import { postgresSink } from '../src/index.ts';
import { withPostgres } from './with-postgres.ts';

/** A check may kill the server and wait for its recovery. */
const CHECK_MS = 90_000;
const TEST_MS = CHECK_MS + 30_000;

const { itWithPostgres, server } = withPostgres();
const it = (title: string, test: Parameters<Parameters<typeof sinkConformance>[0]['it']>[1]): void =>
  itWithPostgres(title, (_, context) => test(context), TEST_MS);

interface Form {
  readonly key?: string[];
  /** Also the number of rows in memory. */
  readonly copyRows?: number;
}

async function create({ key, copyRows }: Form) {
  const database = await server().database();
  const proxy = await BreakingProxy.start(server().port);
  await database.run(
    `CREATE TABLE records (id integer${key === undefined ? '' : ' PRIMARY KEY'}, text text, place bigserial)`,
  );
  return {
    proxy,
    createSink: () =>
      postgresSink<unknown>({
        ...database.place,
        port: proxy.port,
        table: 'records',
        columns: ['id', 'text'],
        key,
        ...(copyRows === undefined ? {} : { copyRows, rowsInMemory: copyRows }),
      }),
    readBack: () =>
      database.run(`SELECT id, text FROM records ORDER BY ${key === undefined ? 'place' : 'id'}`),
    // The server takes locks from connections that are gone.
    crash: () => proxy.cut(),
    dispose: () => proxy.close(),
  };
}

const faults: Readonly<Record<string, BreakingPoint>> = {
  'the connection breaks before a transaction begins': { at: 'BEGIN' },
  'the connection breaks in the ledger': { at: '"millrace_ledger" (' },
  'the connection breaks behind the row of the ledger': {
    at: '"millrace_ledger" (',
    takesEffect: true,
  },
  'the connection breaks in the rows': { at: '."records"' },
  'the connection breaks behind the rows': { at: '."records"', takesEffect: true },
  'the connection breaks before a commit': { at: 'COMMIT' },
  'the answer to a commit is lost': { at: 'COMMIT', takesEffect: true },
};

const kits: readonly (Form & { readonly name: string })[] = [
  { name: 'postgresSink' },
  { name: 'postgresSink with COPY', copyRows: 1 },
  { name: 'postgresSink with a key', key: ['id'] },
];
for (const { name, ...form } of kits) {
  sinkConformance(
    { describe, it },
    {
      name,
      module: import.meta.url,
      timeoutMs: CHECK_MS,
      create: () => create(form),
      capabilities: { delivery: 'effectively-once' },
      record: (id): unknown => ({ id, text: `text of ${id}` }),
      unsupportedRecord: { id: {} },
      faults: [
        ...Object.entries(faults).map(([fault, at]): SinkFault<Awaited<ReturnType<typeof create>>> => ({
          name: fault,
          inject: ({ proxy }) => proxy.breakAt(at),
        })),
        {
          name: 'the server is killed and recovers',
          inject: async () => {
            await server().server.kill();
            await server().server.restart();
          },
        },
      ],
    },
  );
}

import { BreakingProxy, type BreakingPoint } from '@millrace/testing';
import { sinkConformance, type SinkFault } from '@millrace/testing/conformance';
import { describe } from 'vitest';
import { type RedisRow, type RedisRowForm, redisSink } from '../src/index.ts';
import { withDatabase } from './with-database.ts';

/** A check may kill the server and wait for its recovery. */
const CHECK_MS = 90_000;
const TEST_MS = CHECK_MS + 30_000;

const { itWithDatabase, database } = withDatabase();
const it = (title: string, test: Parameters<Parameters<typeof sinkConformance>[0]['it']>[1]): void =>
  itWithDatabase(title, (_, context) => test(context), TEST_MS);

interface TestRecord {
  readonly id: unknown;
  readonly text: string;
}

interface Form {
  readonly as: RedisRowForm;
  readonly rowsAtOnce?: number;
}

const keyedRow = ({ id, text }: TestRecord): RedisRow => ({
  key: `row:${String(id).padStart(9, '0')}`,
  fields: { id: id as number, text },
});

async function create({ as, rowsAtOnce }: Form) {
  const server = database();
  const proxy = await BreakingProxy.start(server.server.port);
  const prefix = server.prefix();
  const place = {
    host: '127.0.0.1',
    port: proxy.port,
    prefix,
    ...(rowsAtOnce === undefined ? {} : { rowsAtOnce }),
  };
  const readHashes = async (): Promise<readonly unknown[]> => {
    const keys = ((await server.run('KEYS', `${prefix}row:*`)) as string[]).toSorted();
    return Promise.all(
      keys.map(async (key) => {
        const [, id, , text] = (await server.run('HGETALL', key)) as string[];
        return { id: Number(id), text };
      }),
    );
  };
  return {
    proxy,
    createSink: () =>
      as === 'hash'
        ? redisSink<TestRecord>({ ...place, as }, keyedRow)
        : redisSink<TestRecord>({ ...place, as, key: 'records' }),
    readBack: async (): Promise<readonly unknown[]> => {
      if (as === 'hash') return readHashes();
      const values =
        as === 'stream'
          ? await server.values(`${prefix}records`)
          : ((await server.run('LRANGE', `${prefix}records`, 0, -1)) as string[]);
      return values.map((value) => JSON.parse(value) as unknown);
    },
    crash: () => proxy.cut(),
    dispose: () => proxy.close(),
  };
}

const faults: Readonly<Record<string, BreakingPoint>> = {
  'the connection breaks before the rows': { at: 'EVALSHA' },
  'the connection breaks behind the rows': { at: 'EVALSHA', takesEffect: true },
};

const kits: readonly (Form & { readonly name: string })[] = [
  { name: 'redisSink of a stream', as: 'stream' },
  { name: 'redisSink of a list, in parts', as: 'list', rowsAtOnce: 7 },
  { name: 'redisSink of hashes', as: 'hash' },
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
      record: (id): TestRecord => ({ id, text: `text of ${id}` }),
      unsupportedRecord: { id: form.as === 'hash' ? {} : 1n, text: form.as === 'hash' ? '\uD800' : '' },
      faults: [
        ...Object.entries(faults).map(([fault, at]): SinkFault<Awaited<ReturnType<typeof create>>> => ({
          name: fault,
          inject: ({ proxy }) => proxy.breakAt(at),
        })),
        {
          name: 'the server is killed and recovers',
          inject: async () => {
            await database().server.kill();
            await database().server.restart();
            // The server answers before its data are loaded.
            await database().run('PING');
          },
        },
        {
          name: 'the server forgets the script',
          inject: async () => {
            await database().run('SCRIPT', 'FLUSH');
          },
        },
      ],
    },
  );
}

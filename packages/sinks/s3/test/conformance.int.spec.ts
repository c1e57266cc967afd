import { parquetFormat } from '@millrace/sink-files';
import { sinkConformance, type SinkFault } from '@millrace/testing/conformance';
import { parquetReadObjects } from 'hyparquet';
import { describe } from 'vitest';
import { BreakingHttpProxy, type HttpBreakingPoint } from '../../../../tools/servers/breaking-http-proxy.ts';
import { s3Sink, type S3SinkInput } from '../src/index.ts';
import type { Bucket } from './server.ts';
import { withS3 } from './with-s3.ts';

/** A check may kill the store and wait for its start. */
const CHECK_MS = 90_000;
const TEST_MS = CHECK_MS + 30_000;

const { itWithS3, server } = withS3();
const it = (title: string, test: Parameters<Parameters<typeof sinkConformance>[0]['it']>[1]): void =>
  itWithS3(title, (_, context) => test(context), TEST_MS);

interface Format {
  readonly options: Partial<S3SinkInput>;
  /** Every record in the visible objects. */
  readonly readBack: (bucket: Bucket) => Promise<readonly unknown[]>;
}

async function create({ options, readBack }: Format) {
  const bucket = await server().bucket();
  const proxy = await BreakingHttpProxy.start(server().port, ({ method, url }) => `${method} ${url}`);
  return {
    proxy,
    createSink: () =>
      s3Sink<unknown>({ ...bucket.place(proxy.port), prefix: 'out/words-', attempts: 1, ...options }),
    readBack: () => readBack(bucket),
    crash: () => proxy.cut(),
    dispose: () => proxy.close(),
  };
}

const faultsOf = (suffix: string): Readonly<Record<string, HttpBreakingPoint>> => ({
  'the connection breaks at the look for a claim': { at: 'GET /' },
  'the connection breaks before a claim': { at: '.millrace/app-3000-0?x-id=PutObject' },
  'the answer to a claim is lost': { at: '.millrace/app-3000-0?x-id=PutObject', takesEffect: true },
  'the connection breaks before an object': { at: `${suffix}?x-id=PutObject` },
  'the answer to an object is lost': { at: `${suffix}?x-id=PutObject`, takesEffect: true },
});

const kits: readonly (Format & {
  readonly name: string;
  readonly suffix: string;
  readonly unsupported: unknown;
})[] = [
  {
    name: 's3Sink',
    suffix: '.ndjson',
    options: {},
    readBack: async (bucket) => (await bucket.lines('out')).map((line): unknown => JSON.parse(line)),
    unsupported: { id: 1n },
  },
  {
    name: 's3Sink with Parquet',
    suffix: '.parquet',
    options: {
      format: parquetFormat({ columns: [{ name: 'id', type: 'int32' }, 'text'], rowGroupRows: 40 }),
    },
    readBack: parquetRows,
    unsupported: { id: 1.5 },
  },
];

/** The rows of all Parquet objects, by a reader that knows nothing of the sink. */
async function parquetRows(bucket: Bucket): Promise<readonly unknown[]> {
  const files = [...(await bucket.bytes('out')).values()];
  const tables = await Promise.all(
    files.map((bytes) => parquetReadObjects({ file: new Uint8Array(bytes).buffer })),
  );
  return tables.flat();
}

for (const { name, suffix, unsupported, ...format } of kits) {
  sinkConformance(
    { describe, it },
    {
      name,
      module: import.meta.url,
      timeoutMs: CHECK_MS,
      create: () => create(format),
      capabilities: { delivery: 'effectively-once' },
      record: (id): unknown => ({ id, text: `line ${id}\nof "record" ${id}` }),
      unsupportedRecord: unsupported,
      faults: [
        ...Object.entries(faultsOf(suffix)).map(
          ([fault, at]): SinkFault<Awaited<ReturnType<typeof create>>> => ({
            name: fault,
            inject: ({ proxy }) => proxy.breakAt(at),
          }),
        ),
        {
          name: 'the store is killed and starts again',
          inject: async () => {
            await server().server.kill();
            await server().server.restart();
          },
        },
      ],
    },
  );
}

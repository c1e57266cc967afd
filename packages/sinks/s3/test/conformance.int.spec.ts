import { sinkConformance, type SinkFault } from '@millrace/testing/conformance';
import { describe } from 'vitest';
import { BreakingHttpProxy, type HttpBreakingPoint } from '../../../../tools/servers/breaking-http-proxy.ts';
import { s3Sink } from '../src/index.ts';
import { withS3 } from './with-s3.ts';

/** A check may kill the store and wait for its start. */
const CHECK_MS = 90_000;
const TEST_MS = CHECK_MS + 30_000;

const { itWithS3, server } = withS3();
const it = (title: string, test: Parameters<Parameters<typeof sinkConformance>[0]['it']>[1]): void =>
  itWithS3(title, (_, context) => test(context), TEST_MS);

async function create() {
  const bucket = await server().bucket();
  const proxy = await BreakingHttpProxy.start(server().port, ({ method, url }) => `${method} ${url}`);
  return {
    proxy,
    createSink: () => s3Sink<unknown>({ ...bucket.place(proxy.port), prefix: 'out/words-', attempts: 1 }),
    readBack: async () => (await bucket.lines('out')).map((line): unknown => JSON.parse(line)),
    crash: () => proxy.cut(),
    dispose: () => proxy.close(),
  };
}

const faults: Readonly<Record<string, HttpBreakingPoint>> = {
  'the connection breaks at the look for a claim': { at: 'GET /' },
  'the connection breaks before a claim': { at: '.millrace/app-3000-0?x-id=PutObject' },
  'the answer to a claim is lost': { at: '.millrace/app-3000-0?x-id=PutObject', takesEffect: true },
  'the connection breaks before an object': { at: '.ndjson?x-id=PutObject' },
  'the answer to an object is lost': { at: '.ndjson?x-id=PutObject', takesEffect: true },
};

sinkConformance(
  { describe, it },
  {
    name: 's3Sink',
    module: import.meta.url,
    timeoutMs: CHECK_MS,
    create,
    capabilities: { delivery: 'effectively-once' },
    record: (id): unknown => ({ id, text: `line ${id}\nof "record" ${id}` }),
    unsupportedRecord: { id: 1n },
    faults: [
      ...Object.entries(faults).map(([fault, at]): SinkFault<Awaited<ReturnType<typeof create>>> => ({
        name: fault,
        inject: ({ proxy }) => proxy.breakAt(at),
      })),
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

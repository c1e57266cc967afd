import { sinkConformance } from '@millrace/testing/conformance';
import { describe, it, vi } from 'vitest';
import { httpSink } from '../src/index.ts';
import { FAULTS, TestServer } from './test-server.ts';

const CHECK_MS = 60_000;
vi.setConfig({ testTimeout: CHECK_MS + 10_000 });

async function create(delivery: 'at-least-once' | 'effectively-once', attempts: number) {
  const server = await TestServer.start({ keepsKeys: delivery === 'effectively-once' });
  const options = {
    url: server.url,
    delivery,
    maxRecordsPerRequest: 500,
    attempts,
    retryDelayMs: 1,
    retryDelayMaxMs: 10,
  };
  return {
    server,
    createSink: () => httpSink<unknown>(options),
    readBack: () => Promise.resolve(server.records()),
    dispose: () => server.close(),
  };
}

/** With one attempt the caller repeats the write, as the engine does. */
const kits = [
  { name: 'httpSink', delivery: 'at-least-once', attempts: 3 },
  { name: 'httpSink at a server that keeps the keys', delivery: 'effectively-once', attempts: 3 },
  { name: 'httpSink with one attempt', delivery: 'effectively-once', attempts: 1 },
] as const;
for (const { name, delivery, attempts } of kits) {
  sinkConformance(
    { describe, it },
    {
      name,
      module: import.meta.url,
      timeoutMs: CHECK_MS,
      create: () => create(delivery, attempts),
      capabilities: { delivery },
      record: (id): unknown => ({ id, text: `text\nof ${id}` }),
      unsupportedRecord: { id: 1n },
      faults: Object.entries(FAULTS).map(([fault, at]) => ({
        name: fault,
        inject: ({ server }: Awaited<ReturnType<typeof create>>) => server.failNext(at),
      })),
    },
  );
}

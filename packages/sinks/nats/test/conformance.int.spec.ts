import { sinkConformance, type SinkFault } from '@millrace/testing/conformance';
import { describe } from 'vitest';
import { natsSink, type NatsSinkInput } from '../src/index.ts';
import type { MessageFault } from './breaking-proxy.ts';
import { withTarget } from './with-target.ts';

const CHECK_MS = 60_000;
const TEST_MS = CHECK_MS + 30_000;

const { itWithNats, target } = withTarget();
const it = (title: string, test: Parameters<Parameters<typeof sinkConformance>[0]['it']>[1]): void =>
  itWithNats(title, (_, context) => test(context), TEST_MS);

async function create(options: Partial<NatsSinkInput>) {
  const stream = await target().stream();
  const { proxy } = target();
  return {
    createSink: () =>
      natsSink<unknown>({ host: '127.0.0.1', port: proxy.port, stream, subject: `${stream}.a`, ...options }),
    readBack: async () => (await target().messages(stream)).map(({ text }): unknown => JSON.parse(text)),
    crash: () => proxy.cut(),
  };
}

const faults: Readonly<Record<string, MessageFault>> = {
  'the connection breaks before the claim of a batch': { text: '.count ' },
  'the answer to the claim of a batch is lost': { text: '.count ', takesEffect: true },
  'the connection breaks in the question for the written part': { text: 'STREAM.MSG.GET' },
  'the connection breaks before an atomic batch': { text: 'Nats-Batch-Sequence: 1\r\n' },
  'the connection breaks inside of an atomic batch': {
    text: 'Nats-Batch-Sequence: 2\r\n',
    takesEffect: true,
  },
  'the connection breaks before a commit': { text: 'Nats-Batch-Commit' },
  'the answer to a commit is lost': { text: 'Nats-Batch-Commit', takesEffect: true },
};

const killOfServer: SinkFault<unknown> = {
  name: 'the server is killed and recovers',
  inject: async () => {
    await target().server.kill();
    await target().server.restart();
  },
};

const faultsOf = (all: Readonly<Record<string, MessageFault>>): SinkFault<unknown>[] =>
  Object.entries(all).map(([name, fault]) => ({ name, inject: () => target().proxy.breakAt(fault) }));

sinkConformance(
  { describe, it },
  {
    name: 'natsSink',
    module: import.meta.url,
    timeoutMs: CHECK_MS,
    // Large partitions need several atomic batches.
    create: () => create({ batchRecords: 400 }),
    capabilities: { delivery: 'effectively-once' },
    record: (id): unknown => ({ id, text: `text of ${id}` }),
    unsupportedRecord: { id: Number.NaN },
    faults: [...faultsOf(faults), killOfServer],
  },
);

sinkConformance(
  { describe, it },
  {
    name: 'natsSink at least once',
    module: import.meta.url,
    timeoutMs: CHECK_MS,
    create: () => create({ delivery: 'at-least-once' }),
    capabilities: { delivery: 'at-least-once' },
    record: (id): unknown => ({ id, text: `text of ${id}` }),
    unsupportedRecord: { id: Number.NaN },
    faults: faultsOf({
      'the connection breaks before the records': { text: 'Nats-Msg-Id' },
      'the connection breaks behind the records': { text: 'Nats-Msg-Id', takesEffect: true },
    }),
  },
);

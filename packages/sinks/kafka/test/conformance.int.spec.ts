import { sinkConformance, type SinkFault } from '@millrace/testing/conformance';
import { describe } from 'vitest';
import { kafkaSink, type KafkaSinkInput } from '../src/index.ts';
import { pointOf, type RequestFault } from './request-fault.ts';
import { withKafka } from './with-kafka.ts';

/** A check may kill the broker and wait for its recovery. */
const CHECK_MS = 90_000;
const TEST_MS = CHECK_MS + 30_000;

const { itWithKafka, broker } = withKafka();
const it = (title: string, test: Parameters<Parameters<typeof sinkConformance>[0]['it']>[1]): void =>
  itWithKafka(title, (_, context) => test(context), TEST_MS);

async function create(options: Partial<KafkaSinkInput>) {
  const topic = await broker().topic();
  const { proxy } = broker();
  return {
    createSink: () =>
      kafkaSink<unknown>({
        host: '127.0.0.1',
        port: proxy.port,
        topic,
        ledgerTopic: `${topic}-ledger`,
        ...options,
      }),
    readBack: async () => {
      await broker().settled(topic);
      return (await broker().committed(topic)).map(({ value }): unknown => JSON.parse(value ?? 'null'));
    },
    crash: () => proxy.cut(),
  };
}

const faults: Readonly<Record<string, RequestFault>> = {
  'the connection breaks before a transaction begins': { request: 'addPartitions' },
  'the connection breaks behind the beginning of a transaction': {
    request: 'addPartitions',
    takesEffect: true,
  },
  'the connection breaks before the records': { request: 'produce' },
  'the connection breaks behind the records': { request: 'produce', takesEffect: true },
  'the connection breaks in the ledger': { request: 'fetch' },
  'the connection breaks before a commit': { request: 'endTransaction' },
  'the answer to a commit is lost': { request: 'endTransaction', takesEffect: true },
};

const faultsOf = (names = Object.keys(faults)): SinkFault<unknown>[] =>
  names.map((name) => ({
    name,
    inject: () => broker().proxy.breakAt(pointOf(faults[name] as RequestFault)),
  }));

const killOfBroker: SinkFault<unknown> = {
  name: 'the broker is killed and recovers',
  inject: async () => {
    await broker().server.kill();
    await broker().server.restart();
  },
};

sinkConformance(
  { describe, it },
  {
    name: 'kafkaSink',
    module: import.meta.url,
    timeoutMs: CHECK_MS,
    // Most partitions need several requests.
    create: () => create({ requestBytes: 1_024 }),
    capabilities: { delivery: 'effectively-once' },
    record: (id): unknown => ({ id, text: `text of ${id}` }),
    unsupportedRecord: { id: Number.NaN },
    faults: [...faultsOf(), killOfBroker],
  },
);

sinkConformance(
  { describe, it },
  {
    name: 'kafkaSink at least once',
    module: import.meta.url,
    timeoutMs: CHECK_MS,
    create: () => create({ delivery: 'at-least-once' }),
    capabilities: { delivery: 'at-least-once' },
    record: (id): unknown => ({ id, text: `text of ${id}` }),
    unsupportedRecord: { id: Number.NaN },
    faults: faultsOf([
      'the connection breaks before the records',
      'the connection breaks behind the records',
    ]),
  },
);

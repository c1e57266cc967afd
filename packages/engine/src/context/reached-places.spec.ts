// Executors on several hosts refuse every place of data that one host reaches alone, before anything starts.
import {
  CheckpointStore,
  ExecutorBackend,
  MemoryBlockStore,
  MemoryCheckpointStore,
  type Plugin,
  provide,
  ReceivedBlockHandler,
  type Sink,
  SinkWriter,
  WriteAheadLogFactory,
} from '@millrace/core';
import { DriverLease, type Reach } from '@millrace/core/engine';
import { MemoryWriteAheadLogFactory, RecordingExecutorBackend, virtualPorts } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import type { StandaloneContextOptions } from './context-options.ts';
import { StreamingContext } from './streaming-context.ts';

function sinkOf(reach?: Reach): Sink<unknown> {
  return {
    name: 'rows',
    capabilities: { delivery: 'effectively-once', ...(reach === undefined ? {} : { reach }) },
    write: async () => undefined,
  };
}

/** A handler that says durable, with this reach. */
function handlerOf(durability: 'memory' | 'machine', reach?: Reach): ReceivedBlockHandler {
  const blocks = new MemoryBlockStore();
  return {
    durability,
    ...(reach === undefined ? {} : { reach }),
    storeBlock: async (blockId, { recordCount, sizeBytes }) => ({
      blockId,
      recordCount,
      sizeBytes,
      durability,
    }),
    readBlock: ({ blockId }) => blocks.get(blockId),
    cleanupOldBlocks: async () => undefined,
    removeBlocks: (ids) => blocks.remove(ids),
  };
}

function contextOn(
  { spansHosts, plugins = [] }: { readonly spansHosts: boolean; readonly plugins?: readonly Plugin[] },
  options: Partial<StandaloneContextOptions> = {},
) {
  const backend = Object.assign(new RecordingExecutorBackend(), { isRemote: true, spansHosts });
  const { plugin } = virtualPorts();
  const ssc = new StreamingContext({
    appName: 'hosts',
    batchIntervalMs: 1_000,
    plugins: [plugin, provide(ExecutorBackend, backend), ...plugins],
    ...options,
  });
  return { ssc, stream: ssc.queueStream<string>([]) };
}

/** A program that says what it places where, and the words of the refusal. */
const PLACES: readonly (readonly [string, () => StreamingContext, readonly string[]])[] = [
  [
    'a log',
    () => printed({ plugins: [provide(WriteAheadLogFactory, new MemoryWriteAheadLogFactory())] }),
    ['the logs of application/WriteAheadLogFactory', 'one process', 'shared: true', 'WriteAheadLogFactory'],
  ],
  [
    'a durable handler that does not declare a reach',
    () => printed({ plugins: [provide(ReceivedBlockHandler, handlerOf('machine'))] }),
    ['the blocks of application/ReceivedBlockHandler', 'one host'],
  ],
  [
    'a store of checkpoints',
    () => printed({ plugins: [provide(CheckpointStore, new MemoryCheckpointStore())] }),
    ['the checkpoints of application/CheckpointStore', 'one process'],
  ],
  [
    'a directory of checkpoints',
    () => printed({}, { checkpointDirectory: '/data/checkpoints' }),
    ['the checkpoints in /data/checkpoints', 'one host', 'checkpointsShared: true'],
  ],
  [
    'the sink of a writer',
    () => {
      const { ssc, stream } = contextOn({ spansHosts: true });
      stream.foreachPartition(new SinkWriter(sinkOf('host')).write);
      return ssc;
    },
    ['output 0: the sink rows', 'one host', 'shared: true'],
  ],
  [
    'saveAsTextFiles',
    () => {
      const { ssc, stream } = contextOn({ spansHosts: true });
      stream.saveAsTextFiles('/out/words');
      return ssc;
    },
    ['output 0: the files of saveAsTextFiles at /out/words', 'one host', 'shared: true'],
  ],
  [
    'a stream of files',
    () => {
      const { ssc } = contextOn({ spansHosts: true });
      ssc.textFileStream('/in').print();
      return ssc;
    },
    ['the files of /in', 'one host', 'shared: true'],
  ],
  [
    'dead letters',
    () => printed({}, { deadLetters: sinkOf('host') }),
    ['deadLetters: rows', 'one host', 'shared: true'],
  ],
];

function printed(
  over: { readonly plugins?: readonly Plugin[] },
  options: Partial<StandaloneContextOptions> = {},
): StreamingContext {
  const { ssc, stream } = contextOn({ spansHosts: true, ...over }, options);
  stream.print();
  return ssc;
}

describe('executors on several hosts', () => {
  it.each(PLACES)(
    'refuse %s of one host, with the remedy, and the context stays as it is',
    async (...given) => {
      const [, program, words] = given;
      const ssc = program();
      const error: unknown = await ssc.start().catch((refusal: unknown) => refusal);
      expect(error).toMatchObject({ code: 'MR_CONTEXT_ONE_HOST_ONLY', disposition: 'stop-engine' });
      for (const word of words) expect((error as Error).message).toContain(word);
      expect(ssc.state).toBe('INITIALIZED');
      await ssc.stop();
    },
  );

  it('name every place in one refusal', async () => {
    const { ssc, stream } = contextOn(
      { spansHosts: true, plugins: [provide(WriteAheadLogFactory, new MemoryWriteAheadLogFactory())] },
      { checkpointDirectory: '/data/checkpoints' },
    );
    stream.saveAsTextFiles('/out/words');
    const error: unknown = await ssc.start().catch((refusal: unknown) => refusal);
    const { message } = error as Error;
    expect(message.split('\n')).toHaveLength(4);
    await ssc.stop();
  });

  it('accept places that every host reaches', async () => {
    const { ssc, stream } = contextOn(
      {
        spansHosts: true,
        plugins: [
          provide(
            WriteAheadLogFactory,
            Object.assign(new MemoryWriteAheadLogFactory(), { reach: 'everywhere' }),
          ),
          provide(ReceivedBlockHandler, handlerOf('machine', 'everywhere')),
        ],
      },
      { checkpointDirectory: '/data/checkpoints', checkpointsShared: true, deadLetters: sinkOf() },
    );
    stream.foreachPartition(new SinkWriter(sinkOf()).write);
    stream.saveAsTextFiles('/out/words', '', { shared: true });
    ssc.textFileStream('/in', { shared: true }).print();
    ssc.fileStream('/whole', { shared: true, parse: () => [] }).print();
    await ssc.start();
    expect(ssc.state).toBe('ACTIVE');
    await ssc.stop({ graceful: false });
  });

  it('accept blocks in memory only, which executors fetch from each other', async () => {
    const ssc = printed({ plugins: [provide(ReceivedBlockHandler, handlerOf('memory'))] });
    await ssc.start();
    expect(ssc.state).toBe('ACTIVE');
    await ssc.stop({ graceful: false });
  });
});

describe('a lease that drivers of several hosts want', () => {
  /** A lease that is free. */
  const lease = (reach: Reach) =>
    provide(DriverLease, {
      reach,
      acquire: async () => ({
        lost: new AbortController().signal,
        isCertain: true,
        onCertainty: () => () => undefined,
      }),
      release: async () => undefined,
    });

  it('refuses places of one host, because a driver elsewhere may take over (LEASE-17)', async () => {
    const { ssc, stream } = contextOn(
      { spansHosts: false, plugins: [lease('everywhere')] },
      { checkpointDirectory: '/data/checkpoints' },
    );
    stream.print();
    const error: unknown = await ssc.start().catch((refusal: unknown) => refusal);
    expect(error).toMatchObject({
      code: 'MR_CONTEXT_ONE_HOST_ONLY',
      message: expect.stringContaining('a driver on another host may take over') as string,
    });
    await ssc.stop();
  });

  it('accepts these places when all drivers are on one host', async () => {
    const { ssc, stream } = contextOn(
      { spansHosts: false, plugins: [lease('host')] },
      { checkpointDirectory: '/data/checkpoints' },
    );
    stream.print();
    await ssc.start();
    expect(ssc.state).toBe('ACTIVE');
    await ssc.stop({ graceful: false });
  });
});

describe('executors on one host', () => {
  it('accept places that one host reaches', async () => {
    const { ssc, stream } = contextOn(
      { spansHosts: false, plugins: [provide(WriteAheadLogFactory, new MemoryWriteAheadLogFactory())] },
      { checkpointDirectory: '/data/checkpoints' },
    );
    stream.saveAsTextFiles('/out/words');
    await ssc.start();
    expect(ssc.state).toBe('ACTIVE');
    await ssc.stop({ graceful: false });
  });
});

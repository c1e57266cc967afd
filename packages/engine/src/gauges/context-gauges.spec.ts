// The gauges of a context: amounts of a running engine, at most once a second, as frozen plain data.
import {
  defineReceiver,
  definePlugin,
  MemoryBlockStore,
  noOptions,
  pluginModule,
  provide,
  ReceivedBlockHandler,
  StreamingListener,
  WriteAheadLogFactory,
  type BatchInfo,
  type Receiver,
  type ReceiverContext,
} from '@millrace/core';
import { MemoryReceivedBlockHandler } from '@millrace/core/engine';
import { EngineGauges, type ReceiverGauges } from '@millrace/core/observation';
import { MemoryWriteAheadLogFactory, settle, virtualPorts } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { assembleEngine } from '../context/assemble-engine.ts';
import type { StandaloneContextOptions } from '../context/context-options.ts';
import { inProcessExecutors } from '../context/default-engine.ts';
import { StreamingContext } from '../context/streaming-context.ts';

/** A receiver that the test drives, with gauges that the test sets. */
function byHand() {
  const contexts: ReceiverContext<number>[] = [];
  const acknowledged: unknown[] = [];
  const state: { gauges: () => ReceiverGauges; acknowledges: Promise<void>; starts: Promise<void> } = {
    gauges: () => ({}),
    acknowledges: Promise.resolve(),
    starts: Promise.resolve(),
  };
  const receiver = defineReceiver({
    name: 'by-hand',
    contract: 1,
    capabilities: {
      ack: 'cumulative',
      replayable: false,
      ordering: 'per-stream',
      pause: true,
      bounded: false,
      format: 'records',
      touches: [],
    },
    options: noOptions,
    create: (): Receiver<number> => ({
      start: (context) => {
        contexts.push(context);
        return state.starts;
      },
      stop: () => undefined,
      acknowledge: async (tokens) => {
        await state.acknowledges;
        acknowledged.push(...tokens);
      },
      gauges: () => state.gauges(),
    }),
  })({});
  const current = () => contexts.at(-1) as ReceiverContext<number>;
  return { receiver, state, acknowledged, current };
}

function world(options: Partial<StandaloneContextOptions> = {}) {
  const ports = virtualPorts({ startMs: 10_000 });
  const { plugins = [], ...others } = options;
  const ssc = new StreamingContext({
    appName: 'watched',
    batchIntervalMs: 1_000,
    plugins: [ports.plugin, ...plugins],
    ...others,
  });
  return { ...ports, ssc };
}

describe('the gauges of a context', () => {
  it('follow the life of a context', async () => {
    const { ssc, clock, meter } = world();
    ssc.queueStream([[1]]).foreachRDD(() => undefined);
    expect(ssc.gauges.read()).toEqual({
      application: 'watched',
      state: 'initialized',
      timeMs: 10_000,
      batchIntervalMs: 1_000,
      receivers: [],
      batches: { queued: 0, notMade: 0, held: [], oldestDelayMs: 0, unallocatedRecords: 0 },
      executors: [],
      driver: meter.reading,
      states: [],
      watermarks: [],
      droppedEvents: 0,
    });
    await ssc.start();
    await clock.advance(1_000);
    expect(ssc.gauges.read()).toMatchObject({
      state: 'active',
      timeMs: 11_000,
      executors: [
        {
          executorId: 'local-0',
          host: 'localhost',
          cores: 4,
          runningTasks: 0,
          completedTasks: 0,
          blocks: { blocks: 0, bytes: 0 },
          receivers: [],
        },
      ],
    });
    await ssc.stop();
    await clock.advance(1_000);
    expect(ssc.gauges.read()).toMatchObject({ state: 'stopped', executors: [] });
  });

  it('read at most once a second of the monotonic clock', async () => {
    const { ssc, clock, meter } = world();
    const first = ssc.gauges.read();
    await clock.advance(999);
    expect(ssc.gauges.read()).toBe(first);
    expect(meter.reads).toBe(1);
    await clock.setWallTime(0);
    expect(ssc.gauges.read()).toBe(first);
    await clock.advance(1);
    expect(ssc.gauges.read()).not.toBe(first);
    expect(meter.reads).toBe(2);
  });

  it('measure nothing for a context that nobody reads', async () => {
    const { ssc, clock, meter } = world();
    ssc.queueStream([[1]]).foreachRDD(() => undefined);
    await ssc.start();
    await clock.advance(5_000);
    await ssc.stop();
    expect(meter.reads).toBe(0);
  });

  it('are injected into plugins, and undefined until a context uses the engine', async () => {
    const seen: { gauges?: EngineGauges } = {};
    const observer = definePlugin({
      name: 'test/observer',
      version: '1.0.0',
      contract: 1,
      provides: [StreamingListener],
      requires: [EngineGauges],
      optionsSchema: noOptions,
      module: () =>
        pluginModule((bind) => {
          bind(StreamingListener).toResolvedValue(
            (gauges) => {
              seen.gauges = gauges;
              return { onEvent: () => undefined };
            },
            [EngineGauges],
          );
        }),
    });
    const engine = assembleEngine([virtualPorts().plugin, observer()]);
    expect(seen.gauges?.read()).toBeUndefined();
    expect(seen.gauges?.program()).toEqual([]);
    const ssc = engine.streamingContext({ appName: 'watched', batchIntervalMs: 1_000 });
    expect(seen.gauges).toBe(ssc.gauges);
    expect(seen.gauges?.read()?.application).toBe('watched');
  });

  it('are frozen plain data', async () => {
    const { ssc, clock } = world();
    const { receiver, current } = byHand();
    ssc.receiverStream(receiver).foreachRDD(() => undefined);
    await ssc.start();
    await settle();
    current().reportError('strange', Object.assign(new Error('odd'), { details: { at: new Date(0) } }));
    await clock.advance(1_000);
    const reading = ssc.gauges.read();
    expect(JSON.parse(JSON.stringify(reading))).toEqual(reading);
    expect(Object.isFrozen(reading?.executors[0]?.receivers)).toBe(true);
    expect(Object.isFrozen(reading?.receivers[0])).toBe(true);
    await ssc.stop();
  });
});

describe('the gauges of receivers', () => {
  it('count records from store to registration, and to acknowledgement', async () => {
    const { ssc, clock } = world();
    const { receiver, state, current, acknowledged } = byHand();
    const { promise: acknowledges, resolve: acknowledge } = Promise.withResolvers<void>();
    state.acknowledges = acknowledges;
    ssc.receiverStream(receiver).foreachRDD(() => undefined);
    await ssc.start();
    await settle();
    for (let token = 1; token <= 5; token += 1) current().store(token, token);
    expect(ssc.gauges.read()?.executors[0]?.receivers).toMatchObject([
      { streamId: 0, waitingRecords: 5, waitingBlocks: 0, unacknowledgedRecords: 5 },
    ]);
    await clock.advance(1_000);
    const registered = ssc.gauges.read();
    expect(registered?.executors[0]?.receivers).toEqual([
      {
        streamId: 0,
        waitingRecords: 0,
        waitingBlocks: 0,
        waitingBytes: 0,
        unacknowledgedRecords: 5,
      },
    ]);
    expect(registered?.receivers).toMatchObject([
      { name: 'by-hand', state: 'active', records: 5, blocks: 1 },
    ]);
    acknowledge();
    await clock.advance(1_000);
    expect(acknowledged).toEqual([1, 2, 3, 4, 5]);
    expect(ssc.gauges.read()?.executors[0]?.receivers).toMatchObject([{ unacknowledgedRecords: 0 }]);
    await ssc.stop();
  });

  it('include the amounts that the receiver offers, as far as they are amounts', async () => {
    const { ssc, clock } = world();
    const { receiver, state } = byHand();
    state.gauges = () => ({ lagRecords: 7, redeliveredRecords: Number.NaN, droppedRecords: -1, extra: 1 });
    ssc.receiverStream(receiver).foreachRDD(() => undefined);
    await ssc.start();
    await settle();
    const read = () => ssc.gauges.read()?.executors[0]?.receivers[0];
    expect(read()).toMatchObject({ lagRecords: 7 });
    expect(Object.keys(read() ?? {}).sort()).toEqual([
      'lagRecords',
      'streamId',
      'unacknowledgedRecords',
      'waitingBlocks',
      'waitingBytes',
      'waitingRecords',
    ]);
    state.gauges = () => {
      throw new Error('not now');
    };
    await clock.advance(1_000);
    expect(read()).not.toHaveProperty('lagRecords');
    await ssc.stop();
  });

  it('are asked of a receiver only between its start and its stop', async () => {
    const { ssc, clock } = world();
    const { receiver, state, current } = byHand();
    const { promise: starts, resolve: started } = Promise.withResolvers<void>();
    let asked = 0;
    state.starts = starts;
    state.gauges = () => {
      asked += 1;
      return {};
    };
    ssc.receiverStream(receiver).foreachRDD(() => undefined);
    await ssc.start();
    await settle();
    ssc.gauges.read();
    expect(asked).toBe(0);
    started();
    await clock.advance(1_000);
    ssc.gauges.read();
    expect(asked).toBe(1);
    current().stop('the end');
    await clock.advance(1_000);
    expect(ssc.gauges.read()?.executors[0]?.receivers).toEqual([]);
    expect(asked).toBe(1);
    await ssc.stop();
  });
});

describe('the gauges of executors and batches', () => {
  it('count tasks and blocks of each executor in this process', async () => {
    const { ssc, clock } = world({ plugins: [inProcessExecutors({ executors: 2, cores: 3 })] });
    ssc.queueStream([[1, 2], [3]]).foreachRDD(async (rdd) => void (await rdd.count()));
    await ssc.start();
    await clock.advance(3_000);
    const executors = ssc.gauges.read()?.executors ?? [];
    expect(executors.map(({ executorId, cores }) => [executorId, cores])).toEqual([
      ['local-0', 3],
      ['local-1', 3],
    ]);
    expect(executors.reduce((sum, { completedTasks }) => sum + completedTasks, 0)).toBeGreaterThan(0);
    expect(
      executors.every(({ runningTasks, thread, ageMs }) => runningTasks === 0 && !thread && !ageMs),
    ).toBe(true);
    await ssc.stop();
  });

  it('name held batches, and the delay of the oldest batch', async () => {
    const { ssc, clock } = world({ batches: { onBatchFailure: 'hold', maxAttempts: 1 } });
    ssc.queueStream([[1]]).foreachRDD(() => {
      throw new Error('no');
    });
    await ssc.start();
    await clock.advance(3_500);
    const batches = ssc.gauges.read()?.batches;
    expect(batches).toMatchObject({ held: ssc.heldBatches, oldestDelayMs: 2_500 });
    expect(batches?.held).toHaveLength(1);
    expect(batches?.queued).toBeGreaterThan(0);
    await ssc.stop({ graceful: false });
  });
});

describe('the gauges of logs', () => {
  it('have the log of decisions and the log of blocks', async () => {
    const amounts = { sizeBytes: 10, segments: 1, syncs: 2, errors: 0 };
    const handler = Object.assign(new MemoryReceivedBlockHandler(new MemoryBlockStore()), {
      logGauges: () => ({ ...amounts, roomBytes: Infinity, more: 1 }),
    });
    const { ssc, clock } = world({
      plugins: [
        provide(WriteAheadLogFactory, new MemoryWriteAheadLogFactory()),
        provide(ReceivedBlockHandler, handler),
      ],
    });
    ssc.queueStream([[1]]).foreachRDD(() => undefined);
    expect(ssc.gauges.read()).not.toHaveProperty('log');
    await ssc.start();
    await clock.advance(2_000);
    const reading = ssc.gauges.read();
    expect(reading?.log).toMatchObject({ errors: 0, syncMs: { max: 0 } });
    expect(reading?.log?.syncs).toBeGreaterThanOrEqual(3);
    expect(reading?.log?.sizeBytes).toBeGreaterThan(50);
    expect(reading?.executors[0]?.log).toEqual(amounts);
    await ssc.stop();
  });
});

describe('program', () => {
  it('is empty before the start, and has inputs, operators and outputs with their parents', async () => {
    const { ssc, clock } = world();
    const numbers = ssc.queueStream([[1]]);
    const squares = numbers.map((n) => n * n).uid('squares');
    squares.foreachRDD(() => undefined);
    squares.union(numbers).print();
    expect(ssc.gauges.program()).toEqual([]);
    const completed: BatchInfo[] = [];
    ssc.on('batch:completed', ({ batch }) => void completed.push(batch));
    await ssc.start();
    await clock.advance(1_000);
    const nodes = ssc.gauges.program();
    expect(nodes).toEqual([
      { id: '0-queue', kind: 'queue', name: 'queue [0]', role: 'input', parents: [], streamId: 0 },
      { id: 'squares', kind: 'map', name: 'squares', role: 'operator', parents: ['0-queue'] },
      { id: '2-union', kind: 'union', name: 'union', role: 'operator', parents: ['squares', '0-queue'] },
      {
        id: 'output-0',
        kind: 'foreachRDD',
        name: 'foreachRDD at squares',
        role: 'output',
        parents: ['squares'],
      },
      { id: 'output-1', kind: 'print', name: 'print at 2-union', role: 'output', parents: ['2-union'] },
    ]);
    expect(Object.isFrozen(nodes[0])).toBe(true);
    // The names are those of the events.
    const [batch] = completed;
    expect(batch?.inputs.get(0)?.streamName).toBe('queue [0]');
    expect(batch?.outputOperations).toMatchObject([
      { name: 'foreachRDD at squares' },
      { name: 'print at 2-union' },
    ]);
    await ssc.stop();
  });
});

import {
  pluginModule,
  BlockStore,
  definePlugin,
  defineReceiver,
  MemoryBlockStore,
  type Plugin,
  type Receiver,
  type ReceiverContext,
} from '@millrace/core';
import { settle, virtualPorts } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import type { StandaloneContextOptions } from './context-options.ts';
import { StreamingContext } from './streaming-context.ts';

/** A context in a virtual world, with batches of a second from second 10 on. */
function contextWith(options: Partial<StandaloneContextOptions> = {}, plugins: readonly Plugin[] = []) {
  const world = virtualPorts({ startMs: 10_000 });
  const ssc = new StreamingContext({
    appName: 'test',
    batchIntervalMs: 1_000,
    plugins: [world.plugin, ...plugins],
    ...options,
  });
  return { ...world, ssc };
}

/** Installs a block store that the test can inspect. */
function blockStore(store: MemoryBlockStore): Plugin {
  return definePlugin({
    name: 'test-block-store',
    version: '1.0.0',
    contract: 1,
    provides: [BlockStore],
    optionsSchema: { '~standard': { version: 1, vendor: 'test', validate: () => ({ value: {} }) } },
    module: () => pluginModule((bind) => void bind(BlockStore).toConstantValue(store)),
  })({});
}

/** A receiver whose context is in reach of the test, to store by hand. */
function handReceiver() {
  const contexts: ReceiverContext<number>[] = [];
  const stops: string[] = [];
  const configured = defineReceiver({
    name: 'by-hand',
    contract: 1,
    capabilities: {
      ack: 'none',
      replayable: false,
      ordering: 'per-stream',
      pause: true,
      bounded: false,
      format: 'records',
      touches: [],
    },
    options: { '~standard': { version: 1, vendor: 'test', validate: () => ({ value: {} }) } },
    create: (): Receiver<number> => ({
      start: (context) => void contexts.push(context),
      stop: ({ kind }) => void stops.push(kind),
    }),
  })({});
  return { configured, stops, current: () => contexts.at(-1) as ReceiverContext<number>, contexts };
}

describe('StreamingContext', () => {
  it.each([
    [{ appName: ' ' }, 'appName'],
    [{ batchIntervalMs: 0 }, 'batchIntervalMs'],
    [{ batchIntervalMs: 1.5 }, 'batchIntervalMs'],
    [{ batchIntervalMs: Number.NaN }, 'batchIntervalMs'],
    [{ defaultParallelism: 0 }, 'defaultParallelism'],
    [{ rememberMs: -1 }, 'rememberMs'],
    [{ batchIntervall: 1_000 } as object, 'batchIntervall'],
  ])('refuses the options %j', (options, option) => {
    expect(() => contextWith(options)).toThrow(
      expect.objectContaining({
        code: 'MR_CONFIG_INVALID_OPTION',
        details: expect.objectContaining({ path: option }),
      }),
    );
  });

  it('refuses wrong batch options in its constructor', () => {
    expect(() => contextWith({ batches: { concurrentJobs: 0 } })).toThrow(
      expect.objectContaining({ code: 'MR_CONFIG_INVALID_OPTION' }),
    );
  });

  it('refuses to start a program without an output operation, and stays unchanged', async () => {
    const { ssc } = contextWith();
    ssc.queueStream([[1]]).map((n) => n + 1);
    await expect(ssc.start()).rejects.toMatchObject({ code: 'MR_GRAPH_NO_OUTPUT_OPERATION' });
    expect(ssc.state).toBe('INITIALIZED');
  });

  it('refuses to start twice', async () => {
    const { ssc } = contextWith();
    ssc.queueStream([[1]]).foreachRDD(() => {});
    await ssc.start();
    await expect(ssc.start()).rejects.toMatchObject({ code: 'MR_CONTEXT_ALREADY_STARTED' });
    await ssc.stop();
    await expect(ssc.start()).rejects.toMatchObject({ code: 'MR_CONTEXT_STOPPED' });
  });

  it('refuses streams, operations and outputs after the start', async () => {
    const { ssc } = contextWith();
    const numbers = ssc.queueStream([[1]]);
    numbers.foreachRDD(() => {});
    await ssc.start();
    const late = expect.objectContaining({ code: 'MR_CONTEXT_ADD_AFTER_START' });
    expect(() => ssc.queueStream([[2]])).toThrow(late);
    expect(() => numbers.map((n) => n)).toThrow(late);
    expect(() => numbers.print()).toThrow(late);
    await ssc.stop();
  });

  it('goes from INITIALIZED through ACTIVE to STOPPED', async () => {
    const { ssc } = contextWith();
    ssc.queueStream([[1]]).foreachRDD(() => {});
    const states = [ssc.state];
    await ssc.start();
    states.push(ssc.state);
    await ssc.stop();
    expect([...states, ssc.state]).toEqual(['INITIALIZED', 'ACTIVE', 'STOPPED']);
  });

  it('can be stopped without having been started', async () => {
    const { ssc } = contextWith();
    expect(await ssc.stop()).toMatchObject({ isClean: true, receivers: [] });
    await ssc.awaitTermination();
    expect(ssc.state).toBe('STOPPED');
  });

  it('makes the first batch at the next multiple of the interval, and every later one', async () => {
    const { ssc, clock } = contextWith();
    const times: number[] = [];
    ssc.queueStream<number>([]).foreachRDD((_, { batchTime }) => void times.push(batchTime));
    await clock.setTime(10_300);
    await ssc.start();
    await clock.advance(3_000);
    await ssc.stop();
    expect(times).toEqual([11_000, 12_000, 13_000]);
  });

  it('carries the records of a receiver to an output, once and in order (BLK-1, BAT-1)', async () => {
    const { ssc, clock } = contextWith();
    const receiver = handReceiver();
    const batches: [number, number[]][] = [];
    ssc
      .receiverStream(receiver.configured)
      .map((n) => n * 10)
      .foreachRDD(async (rdd, { batchTime }) => void batches.push([batchTime, await rdd.collect()]));
    await ssc.start();
    await settle();
    for (let n = 1; n <= 6; n += 1) {
      receiver.current().store(n);
      await clock.advance(300);
    }
    await clock.advance(1_200);
    await ssc.stop();
    expect(batches.flatMap(([, records]) => records)).toEqual([10, 20, 30, 40, 50, 60]);
    expect(batches.map(([batchTime]) => batchTime)).toEqual([11_000, 12_000, 13_000]);
  });

  it('processes everything that was stored before a graceful stop, without waiting for a tick (REC-4)', async () => {
    const { ssc } = contextWith();
    const receiver = handReceiver();
    const seen: number[] = [];
    ssc
      .receiverStream(receiver.configured)
      .foreachRDD(async (rdd) => void seen.push(...(await rdd.collect())));
    await ssc.start();
    await settle();
    for (let n = 0; n < 1_000; n += 1) receiver.current().store(n);
    const report = await ssc.stop();
    expect(seen).toHaveLength(1_000);
    expect(report).toMatchObject({
      isClean: true,
      graceful: true,
      unallocatedRecords: 0,
      pendingBatches: [],
    });
    expect(receiver.stops).toEqual(['stopped']);
  });

  it('reports the remains of an immediate stop', async () => {
    const { ssc, clock } = contextWith();
    const receiver = handReceiver();
    ssc.receiverStream(receiver.configured).foreachRDD(() => {});
    await ssc.start();
    await settle();
    for (let n = 0; n < 10; n += 1) receiver.current().store(n);
    await clock.advance(200);
    const report = await ssc.stop({ graceful: false });
    expect(report).toMatchObject({ isClean: false, unallocatedRecords: 10 });
  });

  it('ends a graceful stop by its deadline when a job hangs, and reports the batch (STP-1)', async () => {
    const { ssc, clock } = contextWith();
    ssc.queueStream([[1]]).foreachRDD(() => new Promise(() => {}));
    await ssc.start();
    await clock.advance(1_500);
    const stopping = ssc.stop({ deadlineMs: 5_000 });
    await clock.advance(5_000);
    expect(await stopping).toMatchObject({ isClean: false, pendingBatches: [11_000] });
    expect(ssc.state).toBe('STOPPED');
  });

  it('turns a graceful stop into an immediate one on a second call without grace', async () => {
    const { ssc, clock } = contextWith();
    ssc.queueStream([[1]]).foreachRDD(() => new Promise(() => {}));
    await ssc.start();
    await clock.advance(1_500);
    const stopping = ssc.stop({ deadlineMs: 3_600_000 });
    void ssc.stop({ graceful: false });
    await clock.advance(2_000);
    expect(await stopping).toMatchObject({ graceful: false, pendingBatches: [11_000] });
  });

  it('returns the same report to all callers of stop', async () => {
    const { ssc } = contextWith();
    ssc.queueStream([[1]]).foreachRDD(() => {});
    await ssc.start();
    const [one, other] = await Promise.all([ssc.stop(), ssc.stop()]);
    expect(one).toBe(other);
  });

  it('stops and rejects all waits when a batch fails for good', async () => {
    const { ssc, clock, log } = contextWith();
    ssc.queueStream([[1]]).foreachRDD(() => Promise.reject(new Error('disk on fire')));
    await ssc.start();
    const terminated = ssc.awaitTermination().catch((error: unknown) => error);
    await clock.advance(10_000);
    expect(await terminated).toMatchObject({ code: 'MR_BATCH_FAILED' });
    expect(ssc.state).toBe('STOPPED');
    expect(log.lines.some((line) => line.message === 'the engine has failed')).toBe(true);
  });

  it('runs a held batch again on request', async () => {
    const { ssc, clock } = contextWith({ batches: { onBatchFailure: 'hold' } });
    let isHealed = false;
    const done: number[] = [];
    ssc.queueStream([[1], [2]]).foreachRDD(async (rdd) => {
      if (!isHealed) throw new Error('not yet');
      done.push(...(await rdd.collect()));
    });
    await ssc.start();
    await clock.advance(5_000);
    expect(done).toEqual([]);
    isHealed = true;
    await ssc.retryHeldBatch();
    await settle();
    await ssc.stop();
    expect(done.slice(0, 2)).toEqual([1, 2]);
  });

  it('lets a listener stop the context and wait for the stop', async () => {
    const { ssc, clock } = contextWith();
    ssc.queueStream([[1]]).foreachRDD(() => {});
    ssc.on('batch:completed', async () => void (await ssc.stop()));
    await ssc.start();
    await clock.advance(1_000);
    await ssc.awaitTermination();
    expect(ssc.state).toBe('STOPPED');
  });

  it('emits the events of streaming, receivers and batches in order', async () => {
    const { ssc, clock } = contextWith();
    const receiver = handReceiver();
    ssc.receiverStream(receiver.configured).foreachRDD(() => {});
    const events: string[] = [];
    ssc.addStreamingListener({ onEvent: (event) => void events.push(event) });
    await ssc.start();
    await clock.advance(1_000);
    await ssc.stop();
    expect(events.filter((event) => !event.startsWith('output'))).toEqual([
      'receiver:rate-changed',
      'executor:added',
      'receiver:starting',
      'streaming:started',
      'receiver:started',
      'batch:submitted',
      'batch:started',
      'batch:completed',
      'receiver:stopped',
      'streaming:stopped',
    ]);
  });

  it('restarts a receiver on request, and ends a completed one (REC-3)', async () => {
    const { ssc, clock } = contextWith();
    const receiver = handReceiver();
    ssc.receiverStream(receiver.configured).foreachRDD(() => {});
    await ssc.start();
    await settle();
    receiver.current().restart('connection lost');
    await clock.advance(3_000);
    expect(receiver.contexts).toHaveLength(2);
    receiver.current().stop('end of input');
    await ssc.awaitSourcesEnded();
    await clock.advance(60_000);
    expect(receiver.contexts).toHaveLength(2);
    await ssc.stop();
  });

  it.each([
    ['socketTextStream', 'socket-text'],
    ['rawBytesStream', 'socket-frames'],
  ] as const)('needs a plugin for %s, and names it', (method, receiver) => {
    const { ssc } = contextWith();
    expect(() => ssc[method]('localhost', 9999)).toThrow(
      expect.objectContaining({
        code: 'MR_CONTEXT_RECEIVER_NOT_INSTALLED',
        message: expect.stringContaining('@millrace/receiver-socket'),
        details: { receiver },
      }),
    );
  });

  it('lives beside other contexts in one process', async () => {
    const [one, other] = [contextWith({ appName: 'one' }), contextWith({ appName: 'other' })];
    const seen: string[] = [];
    for (const { ssc } of [one, other]) {
      ssc.queueStream([[ssc.appName]]).foreachRDD(async (rdd) => void seen.push(...(await rdd.collect())));
      await ssc.start();
    }
    await one.clock.advance(1_000);
    await one.ssc.stop();
    await other.clock.advance(1_000);
    await other.ssc.stop();
    expect(seen).toEqual(['one', 'other']);
  });

  it('waits for termination no longer than the given time', async () => {
    const { ssc, clock } = contextWith();
    ssc.queueStream([[1]]).foreachRDD(() => {});
    await ssc.start();
    const waited = ssc.awaitTerminationOrTimeout(500);
    await clock.advance(500);
    expect(await waited).toBe(false);
    await ssc.stop();
    expect(await ssc.awaitTerminationOrTimeout(500)).toBe(true);
  });

  it('leaves no timer behind', async () => {
    const { ssc, clock } = contextWith();
    const receiver = handReceiver();
    ssc.receiverStream(receiver.configured).foreachRDD(() => {});
    await ssc.start();
    await clock.advance(2_500);
    await ssc.stop();
    expect(clock.pendingTimers).toBe(0);
  });

  it('frees the blocks of completed batches', async () => {
    const blocks = new MemoryBlockStore();
    const { ssc, clock } = contextWith({}, [blockStore(blocks)]);
    const receiver = handReceiver();
    ssc.receiverStream(receiver.configured).foreachRDD(() => {});
    await ssc.start();
    await settle();
    const usage: number[] = [];
    for (let n = 0; n < 20; n += 1) {
      receiver.current().store(n);
      await clock.advance(1_000);
      usage.push(blocks.usage().blocks);
    }
    await ssc.stop();
    expect(Math.max(...usage)).toBeLessThanOrEqual(2);
    expect(usage.at(-1)).toBeGreaterThan(0);
  });
});

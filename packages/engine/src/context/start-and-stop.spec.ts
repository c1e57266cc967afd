// Concurrent starts and stops: after a call of stop a context ends, in any interleaving, and opens nothing
// afterwards.
import { BlockStore, ExecutorBackend, MemoryBlockStore, provide, type Plugin } from '@millrace/core';
import { settle, virtualPorts } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { InProcessExecutorBackend } from '../executor/in-process-executor-backend.ts';
import { NumberSource, RestartWorld } from '../../test/restart-world.ts';
import { StreamingContext } from './streaming-context.ts';

/** A context that counts its batches. */
function counting(plugins: readonly Plugin[] = []) {
  const world = virtualPorts({ startMs: 10_000 });
  const ssc = new StreamingContext({
    appName: 'life',
    batchIntervalMs: 1_000,
    plugins: [world.plugin, ...plugins],
  });
  const batches: number[] = [];
  ssc.queueStream([[1]]).foreachRDD((_rdd, { batchTime }) => void batches.push(batchTime));
  return { ...world, ssc, batches };
}

/** Resources that are open or running now. */
class Open {
  count = 0;
  readonly gate = Promise.withResolvers<void>();

  /** A store that opens and closes; opening waits for the gate when `isSlow`. */
  store(isSlow: boolean): Plugin {
    const count = (by: number) => (this.count += by);
    const { gate } = this;
    class OpeningStore extends MemoryBlockStore {
      async open(): Promise<void> {
        if (isSlow) await gate.promise;
        count(1);
      }
      async close(): Promise<void> {
        count(-1);
      }
    }
    return provide(BlockStore, new OpeningStore());
  }

  /** Executors whose start never ends by itself. */
  hangingExecutors(): Plugin {
    const { gate } = this;
    class Hanging extends InProcessExecutorBackend {
      override start(): Promise<void> {
        return gate.promise;
      }
      override async stop(): Promise<void> {
        gate.reject(new Error('the executors were stopped'));
      }
    }
    return provide(ExecutorBackend, new Hanging());
  }
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'resolved',
    (error: unknown) => (error as { code?: string }).code,
  );

describe('a start after a stop', () => {
  it.each([true, false])('is refused while the stop is under way (graceful: %s)', async (graceful) => {
    const { ssc, clock, batches } = counting();
    ssc.addStreamingListener({ onEvent: () => clock.sleepFor(500) });
    const stopping = ssc.stop({ graceful });
    expect(await codeOf(ssc.start())).toBe('MR_CONTEXT_STOPPED');
    expect(ssc.state).toBe('INITIALIZED');
    await clock.advance(10_000);
    expect(await stopping).toMatchObject({ isClean: true });
    await ssc.awaitTermination();
    expect(await codeOf(ssc.start())).toBe('MR_CONTEXT_STOPPED');
    await clock.advance(5_000);
    expect([ssc.state, batches]).toEqual(['STOPPED', []]);
  });

  it('allows no definitions and no checkpoint directory meanwhile', async () => {
    const { ssc } = counting();
    const stopping = ssc.stop();
    expect(() => ssc.queueStream([[1]])).toThrow(
      expect.objectContaining({ code: 'MR_CONTEXT_ADD_AFTER_START' }),
    );
    const got = StreamingContext.getOrCreate('/checkpoints', () => ssc);
    expect(await codeOf(got)).toBe('MR_CONTEXT_ADD_AFTER_START');
    await stopping;
  });
});

it('getOrCreate names the expected result of a function that makes no context', async () => {
  const create = (() => undefined) as unknown as () => StreamingContext;
  const got = StreamingContext.getOrCreate('/checkpoints', create);
  expect(await codeOf(got)).toBe('MR_CONFIG_INVALID_OPTION');
});

describe('a stop during a start', () => {
  it('waits for the end of a running opening, and closes the resource', async () => {
    const open = new Open();
    const { ssc, batches, clock } = counting([open.store(true)]);
    const starting = codeOf(ssc.start());
    await settle();
    const stopping = ssc.stop();
    await settle();
    expect(ssc.state).toBe('INITIALIZED');
    open.gate.resolve();
    expect(await starting).toBe('MR_CONTEXT_STOPPED');
    expect(await stopping).toMatchObject({ isClean: true, graceful: true });
    await ssc.awaitTermination();
    await clock.advance(5_000);
    expect([open.count, batches, ssc.state]).toEqual([0, [], 'STOPPED']);
  });

  it('ends by its deadline when the start never ends, and closes resources that open later', async () => {
    const open = new Open();
    const { ssc, clock } = counting([open.store(true)]);
    const starting = codeOf(ssc.start());
    await settle();
    const stopping = ssc.stop({ deadlineMs: 3_000 });
    await clock.advance(3_000);
    expect(await stopping).toMatchObject({ graceful: true, durationMs: 3_000 });
    open.gate.resolve();
    expect(await starting).toBe('MR_CONTEXT_STOPPED');
    await settle();
    expect([open.count, ssc.state]).toEqual([0, 'STOPPED']);
  });

  it('does not wait for executors that never become ready', async () => {
    const open = new Open();
    const { ssc } = counting([open.store(false), open.hangingExecutors()]);
    const starting = codeOf(ssc.start());
    await settle();
    expect(await ssc.stop()).toMatchObject({ isClean: true });
    expect([await starting, open.count]).toEqual(['MR_CONTEXT_STOPPED', 0]);
    await ssc.awaitTermination();
  });

  it('ends at once on a second call without grace', async () => {
    const open = new Open();
    const { ssc, clock } = counting([open.store(true)]);
    void codeOf(ssc.start());
    await settle();
    const stopping = ssc.stop({ deadlineMs: 3_600_000 });
    void ssc.stop({ graceful: false });
    await clock.advance(3_000);
    expect(await stopping).toMatchObject({ graceful: false });
    open.gate.resolve();
  });

  it('leaves nothing open and nothing running, at whatever moment it comes', async () => {
    let hasStarted = false;
    for (let turns = 0; !hasStarted; turns += 1) {
      const world = new RestartWorld();
      const open = new Open();
      const source = new NumberSource();
      source.produced = 10;
      const batches: number[] = [];
      const { ssc, clock } = world.begin((context) => {
        context.receiverStream(source.receiver({ replayable: true, isAlive: () => true })).foreachRDD(() => {
          batches.push(turns);
        });
      });
      const starting = codeOf(ssc.start());
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
      const stopping = ssc.stop({ graceful: turns % 2 === 0 });
      const outcome = await starting;
      hasStarted = outcome === 'resolved';
      if (!hasStarted) expect([turns, outcome]).toEqual([turns, 'MR_CONTEXT_STOPPED']);
      expect([turns, (await stopping).errors]).toEqual([turns, []]);
      expect(await ssc.stop()).toBe(await stopping);
      await ssc.awaitTermination();
      await ssc.awaitSourcesEnded();
      const left = batches.length;
      await clock.advance(5_000);
      expect([turns, ssc.state, batches.length - left, open.count]).toEqual([turns, 'STOPPED', 0, 0]);
    }
    expect(hasStarted).toBe(true);
  });
});

it('waiting for sources ends with the stop that ends them', async () => {
  const { ssc } = counting();
  const waiting = codeOf(ssc.awaitSourcesEnded());
  expect(await waiting).toBe('MR_CONTEXT_NOT_STARTED');
  const stopping = ssc.stop();
  await ssc.awaitSourcesEnded();
  await stopping;
  expect(await codeOf(ssc.retryHeldBatch())).toBe('MR_CONTEXT_NOT_STARTED');
});

it('a failed start reports the failure to all waiting callers, and stays stopped', async () => {
  const open = new Open();
  const { ssc } = counting([open.hangingExecutors()]);
  const starting = ssc.start().catch((error: unknown) => error);
  await settle();
  const failure = new Error('no room for executors');
  open.gate.reject(failure);
  expect(await starting).toBe(failure);
  await expect(ssc.awaitTermination()).rejects.toBe(failure);
  expect(await codeOf(ssc.start())).toBe('MR_CONTEXT_STOPPED');
});

import type { EngineReading } from '@millrace/core/observation';
import { ManualClock } from '@millrace/core';
import { expect, it } from 'vitest';
import {
  anyBatch,
  anyExecutorReading,
  anyInput,
  anyReading,
  anyReceiver,
  START_MS,
  VirtualEngine,
} from '../../test/virtual-engine.ts';
import { CheckpointTracker } from './checkpoint-tracker.ts';
import { GaugeReader } from './gauge-reader.ts';
import { InputTracker, TRACKED_INPUTS_MAX } from './input-tracker.ts';
import { OutputTracker } from './output-tracker.ts';

const MOMENT = { newestStep: 0, seconds: 1, monotonicMs: 0 };

/** A reader of gauges that give `reading`, and the number of its readings. */
function readerOf(first: EngineReading) {
  const clock = new ManualClock(START_MS);
  const state = { reading: first, count: 0 };
  const gauges = {
    read: () => {
      state.count += 1;
      return { ...state.reading };
    },
    program: () => [],
  };
  return { clock, state, reader: new GaugeReader(gauges, clock, () => undefined) };
}

it('reads the gauges at most once a second', async () => {
  const { clock, state, reader } = readerOf(anyReading());
  for (let index = 0; index < 10; index += 1) reader.read();
  expect(state.count).toBe(1);
  await clock.advance(999);
  reader.read();
  expect(state.count).toBe(1);
  await clock.advance(1);
  reader.read();
  expect(state.count).toBe(2);
});

it('measures processor time, dropped events and loop delay between readings', async () => {
  const { clock, state, reader } = readerOf(anyReading({ droppedEvents: 50 }));
  for (let second = 0; second < 30; second += 1) {
    const loopDelay = { p50Ms: 1, p95Ms: second === 25 ? 900 : 20, maxMs: 1_000 };
    const droppedEvents = second < 20 ? 50 : 57;
    state.reading = anyReading({
      droppedEvents,
      driver: { ...anyReading().driver, cpuMs: 250 * second, loopDelay },
    });
    reader.read();
    await clock.advance(1_000);
  }
  expect(reader.cores).toBe(0.25);
  expect(reader.loopDelayMs).toBe(20);
  expect(reader.recentDropped(clock.monotonicMs())).toBe(7);
});

it('finds the log that is full first', async () => {
  const { clock, state, reader } = readerOf(anyReading());
  const log = { sizeBytes: 0, segments: 1, syncs: 0, errors: 0 };
  for (let second = 0; second <= 120; second += 1) {
    const executors = [
      anyExecutorReading({ executorId: 'a', log: { ...log, roomBytes: 1e9 - 1e6 * second } }),
      anyExecutorReading({ executorId: 'b', log }),
    ];
    state.reading = anyReading({ executors, log: { ...log, roomBytes: 5e8 } });
    reader.read();
    if (second === 30) expect(reader.logRoom()).toMatchObject({ executorId: '', fullInMs: undefined });
    await clock.advance(1_000);
  }
  const room = reader.logRoom();
  expect(room).toMatchObject({ executorId: 'a', roomBytes: 880e6 });
  expect(room?.fullInMs).toBeCloseTo(880_000, -1);
});

it('counts restarts of two minutes, and keeps the newest error', async () => {
  const engine = new VirtualEngine({ hasGauges: false });
  const restarting = (restarts: number, lastErrorMessage: string) =>
    engine.observer.onEvent('receiver:restarting', {
      receiver: anyReceiver({ state: 'restarting', restarts, lastErrorMessage, lastErrorMs: restarts }),
      restart: { restartsInARow: 1, delayMs: 1, message: lastErrorMessage },
    });
  restarting(1, 'first');
  await engine.clock.advance(100_000);
  restarting(4, 'second\u0007');
  const input = () => engine.observer.state().inputs[0];
  expect(input()).toMatchObject({
    state: 'restarting',
    restarts: 4,
    recentRestarts: 4,
    lastError: { message: String.raw`second\x07`, timeMs: 4 },
  });
  await engine.clock.advance(60_000);
  expect(input()).toMatchObject({ restarts: 4, recentRestarts: 3 });
});

it('measures the growth of the lag over a minute, and forgets the amounts of a receiver that stops', async () => {
  const engine = new VirtualEngine();
  engine.start();
  const waiting = {
    streamId: 0,
    waitingRecords: 1,
    waitingBlocks: 1,
    waitingBytes: 1,
    unacknowledgedRecords: 1,
  };
  const receivers = [{ ...anyReceiver(), records: 0, blocks: 0 }];
  for (let second = 0; second < 40; second += 1) {
    engine.read({
      receivers,
      executors: [anyExecutorReading({ receivers: [{ ...waiting, lagRecords: 300 * second }] })],
    });
    await engine.run();
  }
  expect(engine.observer.state().inputs[0]).toMatchObject({
    lagRecords: 11_700,
    lagGrowth: 300,
    waitingRecords: 1,
  });
  engine.observer.onEvent('receiver:stopped', { receiver: anyReceiver({ state: 'restarting' }) });
  expect(engine.observer.state().inputs[0]).toMatchObject({ state: 'restarting', waitingRecords: 0 });
  expect(engine.observer.state().inputs[0]).not.toHaveProperty('lagRecords');
});

it('does not take the state of a receiver from a reading that is older than an event', async () => {
  const inputs = new InputTracker();
  inputs.takeReceiver(anyReceiver(), { timeMs: 2_000, monotonicMs: 0 });
  const receivers = [{ ...anyReceiver({ state: 'starting' }), records: 0, blocks: 0 }];
  inputs.takeReading(anyReading({ receivers, timeMs: 1_999 }), 0);
  expect(inputs.of(0, '').state).toBe('active');
  inputs.takeReading(anyReading({ receivers, timeMs: 2_000 }), 0);
  expect(inputs.of(0, '').state).toBe('starting');
});

it('tells an end by an error from an end of the source', () => {
  const inputs = new InputTracker();
  const stopped = { state: 'stopped', isFinal: true, lastErrorMessage: 'no', lastErrorMs: 5_000 } as const;
  inputs.takeReceiver(anyReceiver(stopped), { timeMs: 5_100, monotonicMs: 0 });
  inputs.takeReceiver(anyReceiver({ ...stopped, streamId: 1 }), { timeMs: 7_000, monotonicMs: 0 });
  expect(inputs.all().map(({ endedByError }) => endedByError)).toEqual([true, false]);
});

it('lists receivers that do not run beyond the first 100 inputs', () => {
  const inputs = new InputTracker();
  const moment = { timeMs: 0, monotonicMs: 0 };
  for (let streamId = 0; streamId < 300; streamId += 1) {
    const state = streamId === 250 ? 'restarting' : 'active';
    inputs.takeReceiver(anyReceiver({ streamId, name: `r${streamId}`, state }), moment);
  }
  const listed = inputs.toObserved(MOMENT);
  expect(listed).toHaveLength(102);
  expect(listed[100]).toMatchObject({ name: 'r250', state: 'restarting' });
  expect(listed[101]).toMatchObject({ streamId: -1, name: 'others', isReceiver: false });
});

it('sums inputs beyond the tracked ones', () => {
  const inputs = new InputTracker();
  const all = Array.from({ length: TRACKED_INPUTS_MAX + 500 }, (_, streamId) => anyInput({ streamId }));
  inputs.takeBatch(anyBatch(1, { inputs: all }), 0);
  expect(inputs.all()).toHaveLength(TRACKED_INPUTS_MAX + 1);
  expect(inputs.all().at(-1)?.records).toBe(5_000);
});

it('tells the share of each output, retries and failures', () => {
  const outputs = new OutputTracker([1]);
  const failure = { name: 'Error', message: 'no' };
  for (let index = 0; index < 25; index += 1) {
    const start = 1_000 * index;
    const batch = anyBatch(start, {
      processMs: 100,
      outputs: [
        { name: 'write', startMs: start, endMs: start + 82, attempts: index === 24 ? 3 : 1 },
        { name: 'print', startMs: start, endMs: start + 18, ...(index === 3 ? { failure } : {}) },
      ],
    });
    for (const operation of batch.outputOperations) outputs.takeEnd(operation, 0);
    outputs.takeBatch(batch);
  }
  expect(outputs.toObserved()).toEqual([
    {
      id: 0,
      name: 'write',
      durationMs: { p50: 82, p95: 82, p99: 82, max: 82 },
      share: 0.82,
      retries: 2,
      failures: 0,
    },
    {
      id: 1,
      name: 'print',
      durationMs: { p50: 18, p95: 18, p99: 18, max: 18 },
      share: 0.18,
      retries: 0,
      failures: 1,
      lastError: { message: 'no', batchTime: 3_000 },
    },
  ]);
});

it('forgets the durations of an output that runs no more', () => {
  const outputs = new OutputTracker([1]);
  outputs.takeBatch(anyBatch(0, { outputs: [{ name: 'once' }] }));
  for (let index = 1; index <= 20; index += 1)
    outputs.takeBatch(anyBatch(index, { outputs: [{ id: 7, name: 'x' }] }));
  expect(outputs.toObserved().find(({ name }) => name === 'once')).toMatchObject({
    share: 0,
    durationMs: { max: 0 },
  });
});

it('sums outputs beyond the tracked ones', () => {
  const outputs = new OutputTracker([1]);
  outputs.takeBatch(anyBatch(0, { outputs: Array.from({ length: 130 }, () => ({})), processMs: 10 }));
  expect(outputs.all()).toHaveLength(101);
  expect(outputs.all().at(-1)).toMatchObject({ name: 'others' });
});

it('tells the age, the usual distance and the failures of checkpoints', () => {
  const checkpoints = new CheckpointTracker([1]);
  expect(checkpoints.toObserved()).toBe(undefined);
  const checkpoint = { batchTime: 5, durationMs: 12, sizeBytes: 34, parts: 1 };
  for (let index = 0; index <= 10; index += 1)
    checkpoints.takeCompleted(checkpoint, { timeMs: index, monotonicMs: 2_000 * index });
  expect(checkpoints.usualMs).toBe(2_000);
  expect(checkpoints.ageMs(23_000)).toBe(3_000);
  const error = { name: 'Error', message: 'full' };
  checkpoints.takeFailed({ ...checkpoint, failures: 3, error });
  expect(checkpoints.toObserved()).toEqual({
    lastMs: 10,
    lastBatchTime: 5,
    durationMs: 12,
    sizeBytes: 34,
    completed: 11,
    failures: 1,
    failuresInARow: 3,
    lastError: 'full',
  });
  checkpoints.takeCompleted(checkpoint, { timeMs: 11, monotonicMs: 24_000 });
  expect(checkpoints.toObserved()).toMatchObject({ failuresInARow: 0, failures: 1 });
});

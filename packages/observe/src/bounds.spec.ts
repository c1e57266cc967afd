import { expect, it } from 'vitest';
import { anyInput, anyReceiver, type TestBatch, VirtualEngine } from '../test/virtual-engine.ts';
import { RECENT_POINTS_MAX } from './history/timeline-history.ts';
import { OBSERVER_BYTES_MAX } from './observation.ts';
import { NAME_LENGTH_MAX } from './text/cut-text.ts';

const EIGHT_MB = 8_000_000;

/** Runs batches without letting time pass, so that a long history takes a short test. */
function publishMany(engine: VirtualEngine, count: number, batch: (index: number) => TestBatch): number {
  let largest = 0;
  for (let index = 0; index < count; index += 1) {
    engine.runNow(batch(index));
    largest = Math.max(largest, engine.observer.memoryBytes);
  }
  return largest;
}

const inputsOf = (streams: number, name: (streamId: number) => string) =>
  Array.from({ length: streams }, (_, streamId) => anyInput({ streamId, streamName: name(streamId) }));

it('keeps 1,000 batches whole with ten streams', () => {
  const engine = new VirtualEngine();
  const inputs = inputsOf(10, (id) => `stream-${id}`);
  const largest = publishMany(engine, RECENT_POINTS_MAX + 500, () => ({ inputs }));
  expect(engine.observer.batches({ limit: 1_000 }).batches).toHaveLength(1_000);
  expect(engine.observer.state().timelines.recent.timeMs).toHaveLength(RECENT_POINTS_MAX);
  expect(largest).toBeLessThan(5_000_000);
});

it('stays below 8 MB with 100 streams and a full history, with fewer batches', () => {
  const engine = new VirtualEngine();
  const inputs = inputsOf(100, (id) => `stream-${id}`);
  const largest = publishMany(engine, RECENT_POINTS_MAX + 300, () => ({ inputs }));
  expect(largest).toBeLessThanOrEqual(EIGHT_MB);
  const kept = engine.observer.batches({ limit: 1_000 }).batches.length;
  expect(kept).toBeGreaterThan(150);
  expect(kept).toBeLessThan(1_000);
});

it('stays below 8 MB with 1,000 streams with names of 10,000 letters', () => {
  const engine = new VirtualEngine();
  const names = Array.from({ length: 1_000 }, (_, id) => `<b>${id}</b>\u001b[2J${'n'.repeat(10_000)}`);
  const inputs = inputsOf(1_000, (id) => names[id] ?? '');
  for (const [streamId, name] of names.entries()) {
    const lastErrorMessage = 'e'.repeat(10_000);
    engine.observer.onEvent('receiver:restarting', {
      receiver: anyReceiver({
        streamId,
        name,
        state: 'restarting',
        restarts: 1,
        lastErrorMessage,
        lastErrorMs: 1,
      }),
      restart: { restartsInARow: 1, delayMs: 1, message: lastErrorMessage },
    });
  }
  const largest = publishMany(engine, 300, () => ({ inputs }));
  expect(largest).toBeLessThanOrEqual(EIGHT_MB);

  const { inputs: listed, timelines, totals } = engine.observer.state();
  expect(totals.records).toBe(300 * 1_000 * 10);
  expect(listed).toHaveLength(121);
  expect(listed.reduce((sum, { records }) => sum + records, 0)).toBe(totals.records);
  expect(timelines.recent.inputs).toHaveLength(101);
  for (const { name } of listed) {
    expect(name.length).toBeLessThanOrEqual(NAME_LENGTH_MAX);
    expect(name).not.toContain('\u001b');
  }
  expect(JSON.stringify(engine.observer.state()).length).toBeLessThan(2_000_000);
  expect(engine.observer.prometheus().length).toBeLessThan(1_000_000);
});

it('stays below 8 MB with outputs that all fail with long errors', () => {
  const engine = new VirtualEngine();
  const largest = publishMany(engine, 100, (index) => ({
    outcome: 'skipped',
    outputs: Array.from({ length: 150 }, (_, id) => ({
      name: `output ${id} ${'o'.repeat(1_000)}`,
      failure: { name: 'Error', message: `${index} ${'m'.repeat(50_000)}`, stack: 's'.repeat(50_000) },
    })),
  }));
  expect(largest).toBeLessThanOrEqual(EIGHT_MB);
  const [newest] = engine.observer.batches({ limit: 1 }).batches;
  expect(newest?.outputs).toHaveLength(100);
  expect(newest?.outputs[0]?.error?.message).toHaveLength(3_996);
});

it('stays below 8 MB at intervals of 10 ms', () => {
  const engine = new VirtualEngine({ intervalMs: 10 });
  const inputs = inputsOf(20, (id) => `stream-${id}`);
  const largest = publishMany(engine, 30_000, () => ({ inputs, processMs: 1 }));
  expect(largest).toBeLessThanOrEqual(OBSERVER_BYTES_MAX);
  // 300 s in points of 250 ms; the first batch does not begin a point.
  expect(engine.observer.state().timelines.recent.timeMs).toHaveLength(1_201);
});

it('stays bounded with names of operators, streams of watermarks and executors that never repeat', () => {
  const { observer } = new VirtualEngine({ hasGauges: false });
  for (let index = 0; index < 5_000; index += 1) {
    const batchTime = index;
    observer.onEvent('state:changed', { state: { batchTime, operator: `op-${index}`, keys: 1 } });
    observer.onEvent('watermark:advanced', {
      watermark: { batchTime, stream: `s-${index}`, watermarkMs: 1 },
    });
    observer.onEvent('records:late', { late: { batchTime, stream: `s-${index}`, recordCount: 1 } });
  }
  const { states, watermarks, totals } = observer.state();
  expect(states).toHaveLength(101);
  expect(watermarks).toHaveLength(101);
  expect(totals.lateRecords).toBe(5_000);
  expect(observer.prometheus()).toContain('millrace_late_records_total{stream="other"} 4900');
});

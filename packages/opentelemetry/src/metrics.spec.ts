import { metrics } from '@opentelemetry/api';
import { METRICS } from '@millrace/observe';
import { StreamingContext } from '@millrace/engine';
import { settle, virtualPorts } from '@millrace/testing';
import type { Histogram } from '@opentelemetry/sdk-metrics';
import { afterEach, describe, expect, it } from 'vitest';
import { anyBatch, anyOperation, BEGUN_MS } from '../test/batch-events.ts';
import { metricsInMemory } from '../test/metrics-in-memory.ts';
import { EngineHistograms } from './histograms.ts';
import { openTelemetry, type OpenTelemetryInput } from './index.ts';
import { openTelemetryOptions } from './open-telemetry.options.ts';
import { TelemetryListener } from './telemetry-listener.ts';

afterEach(() => metrics.disable());

/** An engine with two batches of a queue. */
function engine(options: OpenTelemetryInput) {
  const world = virtualPorts({ startMs: 10_000 });
  const ssc = new StreamingContext({
    appName: 'orders',
    batchIntervalMs: 1_000,
    plugins: [world.plugin, openTelemetry({ spans: false, ...options })],
  });
  ssc.queueStream([[1, 2, 3], [4]]).foreachRDD(async (rdd) => void (await rdd.count()));
  const run = async (batches: number) => {
    await ssc.start();
    for (let batch = 0; batch < batches; batch += 1) {
      await world.clock.advance(1_000);
      await settle();
    }
  };
  return { ...world, ssc, run };
}

describe('the metrics of an engine', () => {
  it('have the names, units and labels of the table', async () => {
    const { provider, collect, descriptions } = metricsInMemory();
    const { ssc, run } = engine({ meterProvider: provider });
    await run(2);
    const read = await collect();
    for (const [name, { unit, description }] of descriptions) {
      const metric = METRICS.find((one) => one.name === name);
      expect([name, unit, description]).toEqual([name, metric?.unit, metric?.help]);
    }
    expect(read.get('millrace.batch.completed')).toMatchObject({ 'outcome=succeeded,rerun=false': 2 });
    expect(read.get('millrace.stream.records')).toEqual({ 'stream=queue [0]': 4 });
    expect(read.get('millrace.batch.interval')).toEqual({ '': 1 });
    expect(read.get('millrace.executor.active')).toEqual({ '': 1 });
    expect(read.get('millrace.verdict')).toMatchObject({ 'level=good': 1, 'level=failed': 0 });
    const total = read.get('millrace.batch.total.delay')?.[''] as Histogram;
    expect(total).toMatchObject({ count: 2, buckets: { boundaries: expect.arrayContaining([0.001, 60]) } });
    expect(total.buckets.boundaries).toHaveLength(14);
    expect(read.get('millrace.output.duration')).toMatchObject({
      'output=foreachRDD at 0-queue': { count: 2 },
    });
    expect(Object.keys(read.get('millrace.batch.phase.duration') ?? {})).toEqual([
      'phase=generator_lag',
      'phase=allocate',
      'phase=generate',
      'phase=queue',
      'phase=process',
    ]);
    await ssc.stop();
  });

  it('are collected a last time after the stop: counters stay, gauges end', async () => {
    const { provider, collect } = metricsInMemory();
    const { ssc, run } = engine({ meterProvider: provider });
    await run(1);
    await ssc.stop();
    const read = await collect();
    expect(read.get('millrace.stream.records')).toEqual({ 'stream=queue [0]': 3 });
    expect(read.get('millrace.batch.total.delay')?.['']).toMatchObject({ count: 1 });
    expect(read.get('millrace.executor.active') ?? {}).toEqual({});
    expect(read.get('millrace.verdict') ?? {}).toEqual({});
  });

  it('of the next engine take the place of those of a stopped one; others have attributes of their own', async () => {
    const { provider, collect } = metricsInMemory();
    const first = engine({ meterProvider: provider });
    await first.run(1);
    await first.ssc.stop();
    const other = engine({ meterProvider: provider, attributes: { application: 'other' } });
    await other.run(1);
    const second = engine({ meterProvider: provider });
    await second.run(2);
    const read = await collect();
    expect(read.get('millrace.stream.records')).toEqual({
      'application=other,stream=queue [0]': 3,
      'stream=queue [0]': 4,
    });
    await Promise.all([other.ssc.stop(), second.ssc.stop()]);
  });

  it('go to the provider that is registered at the start', async () => {
    const { provider, collect } = metricsInMemory();
    const { ssc, run } = engine({});
    metrics.setGlobalMeterProvider(provider);
    await run(1);
    expect((await collect()).get('millrace.stream.records')).toEqual({ 'stream=queue [0]': 3 });
    await ssc.stop();
  });

  it('cost nothing without an SDK: not even a reading of the gauges', async () => {
    let readings = 0;
    const gauges = { read: () => void (readings += 1), program: () => [] };
    const { clock, log } = virtualPorts();
    const options = openTelemetryOptions.parse({ spans: false });
    const listener = new TelemetryListener({ clock, log, role: {}, gauges, options });
    await listener.open();
    for (let batch = 0; batch < 100; batch += 1) {
      await clock.advance(1_000);
      listener.onEvent('batch:completed', { batch: anyBatch() });
    }
    expect(readings).toBe(0);
  });

  it('are not made when switched off', async () => {
    const { provider, collect } = metricsInMemory();
    const { ssc, run } = engine({ meterProvider: provider, metrics: false });
    await run(1);
    expect((await collect()).size).toBe(0);
    await ssc.stop();
  });
});

describe('histograms', () => {
  it('record batches and checkpoints, and at most 100 names of outputs', async () => {
    const { provider, collect } = metricsInMemory();
    const histograms = new EngineHistograms(provider.getMeter('tests'), { team: 'tea' });
    const outputOperations = Array.from({ length: 103 }, (_, id) =>
      anyOperation({ id, name: `out\u001b ${id}` }),
    );
    histograms.takeBatch(
      anyBatch({
        outputOperations: [...outputOperations, { batchTime: BEGUN_MS, id: 1, name: 'waits', attempts: 0 }],
      }),
    );
    histograms.takeCheckpoint({ batchTime: 1, durationMs: 30, sizeBytes: 1, parts: 0 });
    const read = await collect();
    const outputs = read.get('millrace.output.duration') ?? {};
    expect(Object.keys(outputs)).toHaveLength(101);
    expect(outputs['team=tea,output=other']).toMatchObject({ count: 3, max: 0.025 });
    expect(outputs[String.raw`team=tea,output=out\x1b 0`]).toMatchObject({ count: 1, sum: 0.025 });
    expect(read.get('millrace.checkpoint.duration')?.['team=tea']).toMatchObject({ count: 1, sum: 0.03 });
    expect(read.get('millrace.batch.phase.duration')?.['team=tea,phase=queue']).toMatchObject({ sum: 0.005 });
  });
});

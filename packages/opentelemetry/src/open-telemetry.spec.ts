import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { defineReceiver, noOptions, type ProcessRole, type ReceiverContext } from '@millrace/core';
import type { EngineGauges } from '@millrace/core/observation';
import { StreamingContext } from '@millrace/engine';
import { settle, virtualPorts } from '@millrace/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { anyBatch, traceparent } from '../test/batch-events.ts';
import { spansInMemory, spanView } from '../test/spans-in-memory.ts';
import { BatchTracing, openTelemetry, type OpenTelemetryInput } from './index.ts';
import { openTelemetryOptions } from './open-telemetry.options.ts';
import { TelemetryListener } from './telemetry-listener.ts';

beforeEach(() => void context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()));
afterEach(() => {
  for (const api of [context, trace, propagation]) api.disable();
});

/** A receiver that a test stores with. */
const byHand = () => {
  const contexts: ReceiverContext<string>[] = [];
  const receiver = defineReceiver({
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
    options: noOptions,
    create: () => ({
      start: (one: ReceiverContext<string>) => void contexts.push(one),
      stop: () => undefined,
    }),
  })({});
  return {
    receiver,
    store: (...asked: Parameters<ReceiverContext<string>['storeBlock']>) => contexts[0]?.storeBlock(...asked),
  };
};

/** The gauges of an engine without a context. */
const NO_GAUGES: EngineGauges = { read: () => undefined, program: () => [] };

function engine(options: OpenTelemetryInput = {}) {
  const { provider, finished } = spansInMemory();
  const world = virtualPorts({ startMs: 10_000 });
  const ssc = new StreamingContext({
    appName: 'orders',
    batchIntervalMs: 1_000,
    plugins: [world.plugin, openTelemetry({ tracerProvider: provider, ...options })],
  });
  return { ...world, ssc, provider, finished, views: () => finished().map(spanView) };
}

describe('openTelemetry', () => {
  it('makes a span for each batch of a real engine, linked to the traces of its blocks', async () => {
    const { ssc, clock, views, finished } = engine();
    const source = byHand();
    ssc.receiverStream(source.receiver).foreachRDD(async (rdd) => void (await rdd.count()));
    await ssc.start({ awaitReceivers: 1_000 });
    void source.store(['tea'], { traceparent: traceparent(0xabc) });
    await clock.advance(1_000);
    await settle();
    await ssc.stop();
    expect(views().slice(0, 2)).toMatchObject([
      { name: 'foreachRDD at 0-by-hand', startMs: 11_000 },
      { name: 'millrace batch', startMs: 11_000, links: [expect.stringMatching(/abc$/)] },
    ]);
    expect(finished()[1]?.instrumentationScope).toMatchObject({ name: '@millrace/opentelemetry' });
  });

  it('gives functions of the program the context of their batch', async () => {
    const tracing = new BatchTracing();
    const { ssc, clock, provider, finished } = engine({ tracing });
    const linked: boolean[] = [];
    ssc.queueStream([[traceparent(7)]]).foreachRDD(async (rdd, batch) => {
      linked.push(tracing.link(batch, (await rdd.take(1))[0]));
      await tracing.with(batch, async () => provider.getTracer('program').startSpan('publish').end());
    });
    const identity = { application: 'orders', batchTime: 11_000 };
    expect(tracing.contextOf(identity)).toBe(context.active());
    await ssc.start();
    await clock.advance(1_000);
    await settle();
    await ssc.stop();
    const [publish, operation, batch] = finished();
    expect([publish?.name, operation?.name, batch?.name]).toEqual([
      'publish',
      'foreachRDD at 0-queue',
      'millrace batch',
    ]);
    expect(publish?.parentSpanContext?.spanId).toBe(operation?.spanContext().spanId);
    expect(publish?.spanContext().traceId).toBe(batch?.spanContext().traceId);
    expect(linked).toEqual([true]);
    expect(batch?.links).toHaveLength(1);
    expect(tracing.contextOf(identity)).toBe(context.active());
    expect(tracing.link(identity, traceparent(8))).toBe(false);
  });

  it('runs programs unchanged without an SDK, and writes to an SDK that is registered later', async () => {
    const tracing = new BatchTracing();
    const world = virtualPorts({ startMs: 10_000 });
    const plugins = [world.plugin, openTelemetry({ tracing })];
    const ssc = new StreamingContext({ appName: 'orders', batchIntervalMs: 1_000, plugins });
    const seen: unknown[] = [];
    ssc
      .queueStream([[1], [2]])
      .foreachRDD((rdd, batch) => tracing.with(batch, async () => seen.push(await rdd.collect())));
    await ssc.start();
    await world.clock.advance(1_000);
    const { provider, finished } = spansInMemory();
    trace.setGlobalTracerProvider(provider);
    await world.clock.advance(1_000);
    await settle();
    await ssc.stop();
    expect(seen).toEqual([[1], [2]]);
    expect(finished().map(({ name }) => name)).toEqual(['foreachRDD at 0-queue', 'millrace batch']);
  });

  it('makes no spans when they are switched off', async () => {
    const { ssc, clock, finished } = engine({ spans: false });
    ssc.queueStream([[1]]).foreachRDD(() => undefined);
    await ssc.start();
    await clock.advance(1_000);
    await ssc.stop();
    expect(finished()).toEqual([]);
  });

  it('makes no spans on executors, where no events are', async () => {
    const { provider, finished } = spansInMemory();
    const { clock, log } = virtualPorts();
    const role = { executor: {} } as ProcessRole;
    const options = openTelemetryOptions.parse({ tracerProvider: provider });
    const listener = new TelemetryListener({ clock, log, role, gauges: NO_GAUGES, options });
    await listener.open();
    listener.onEvent('batch:submitted', { batch: anyBatch() });
    listener.onEvent('batch:completed', { batch: anyBatch() });
    expect(finished()).toEqual([]);
  });

  it('refuses wrong options', () => {
    const attributes = Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`a${index}`, 1]));
    for (const wrong of [
      { tracing: {} },
      { linksOf: 'traceparent' },
      { maxLinks: -1 },
      { maxLinks: 1_001 },
      { tracerProvider: {} },
      { meterProvider: trace.getTracerProvider() },
      { metrics: 1 },
      { tracer: 1 },
      { attributes },
    ]) {
      const codeOf = expect.objectContaining({ code: 'MR_CONFIG_INVALID_OPTION' }) as Error;
      expect(() => openTelemetry(wrong as OpenTelemetryInput)).toThrow(codeOf);
    }
  });
});

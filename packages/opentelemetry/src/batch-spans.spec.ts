import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, TraceFlags } from '@opentelemetry/api';
import { ManualClock } from '@millrace/core';
import { AlwaysOffSampler, type Sampler, TracerProvider } from '@opentelemetry/sdk-trace';
import { describe, expect, it } from 'vitest';
import { anyBatch, anyInput, anyOperation, BEGUN_MS, traceparent } from '../test/batch-events.ts';
import { spanIdOf, spansInMemory, spanView } from '../test/spans-in-memory.ts';
import { BatchSpans, type BatchSpansDeps } from './batch-spans.ts';
import { tracesOfBlocks } from './traces-of-blocks.ts';

function setUp(differences: Partial<BatchSpansDeps> = {}) {
  const { provider, finished } = spansInMemory();
  const clock = new ManualClock(BEGUN_MS);
  const warnings: string[] = [];
  const spans = new BatchSpans({
    tracer: provider.getTracer('tests'),
    clock,
    log: { warn: (message) => void warnings.push(message) },
    application: () => 'orders',
    linksOf: tracesOfBlocks,
    maxLinks: 4,
    attributes: { team: 'tea' },
    ...differences,
  });
  return { spans, clock, warnings, finished, views: () => finished().map(spanView) };
}

/** Publishes the events of a whole batch with one output operation. */
function wholeBatch(spans: BatchSpans, batch = anyBatch(), operation = anyOperation()): void {
  spans.onEvent('batch:submitted', { batch });
  spans.onEvent('batch:started', { batch });
  spans.onEvent('output-operation:started', { operation });
  spans.onEvent('output-operation:completed', { operation });
  spans.onEvent('batch:completed', { batch });
}

describe('the spans of a batch', () => {
  it('last from the due time to the end, with a child for each output operation', () => {
    const { spans, finished, views } = setUp();
    const batch = anyBatch({ recordErrors: 2, isRerun: true });
    wholeBatch(spans, batch);
    const [operation, whole] = views();
    expect([operation, whole]).toMatchObject([
      { name: 'foreachRDD at 0-orders', startMs: BEGUN_MS + 15, endMs: BEGUN_MS + 40 },
      { name: 'millrace batch', startMs: BEGUN_MS, endMs: BEGUN_MS + 40, status: SpanStatusCode.UNSET },
    ]);
    const [child, root] = finished();
    expect(root?.parentSpanContext).toBeUndefined();
    expect(child?.parentSpanContext?.spanId).toBe(root?.spanContext().spanId);
    expect(root?.kind).toBe(SpanKind.CONSUMER);
    expect(root?.attributes).toEqual({
      team: 'tea',
      'millrace.application': 'orders',
      'millrace.batch.time': BEGUN_MS,
      'millrace.batch.rerun': true,
      'millrace.batch.records': 1,
      'millrace.batch.outcome': 'succeeded',
      'millrace.batch.scheduling.delay': 0.005,
      'millrace.batch.processing.duration': 0.025,
      'millrace.batch.total.delay': 0.04,
      'millrace.batch.phase.generator_lag': 0.004,
      'millrace.batch.phase.allocate': 0.003,
      'millrace.batch.phase.generate': 0.003,
      'millrace.batch.phase.queue': 0.005,
      'millrace.batch.phase.process': 0.025,
      'millrace.record.errors': 2,
    });
    expect(child?.attributes).toEqual({
      team: 'tea',
      'millrace.batch.time': BEGUN_MS,
      'millrace.output.id': 0,
      'millrace.output.name': 'foreachRDD at 0-orders',
      'millrace.output.attempts': 1,
    });
  });

  it('tell the error and the attempts of a failed operation, cut to 4 KiB', () => {
    const { spans, finished, views } = setUp();
    const failure = { name: 'Error', message: 'x'.repeat(5_000), stack: 'y'.repeat(5_000), code: 'E_DISK' };
    const operation = anyOperation({ attempts: 4, failure });
    const batch = anyBatch({ outcome: 'failed', outputOperations: [operation] });
    wholeBatch(spans, batch, operation);
    const message = 'x'.repeat(4_096);
    expect(views()).toMatchObject([
      { status: SpanStatusCode.ERROR, message },
      { status: SpanStatusCode.ERROR, message },
    ]);
    const [child] = finished();
    expect(child?.attributes['millrace.output.attempts']).toBe(4);
    expect(child?.events).toMatchObject([
      { name: 'exception', attributes: { 'exception.message': message, 'exception.type': 'E_DISK' } },
    ]);
  });

  it('show each run of an operation of a held batch', async () => {
    const { spans, clock, views } = setUp();
    const batch = anyBatch();
    const failed = anyOperation({ failure: { name: 'Error', message: 'no disk' } });
    spans.onEvent('batch:submitted', { batch });
    spans.onEvent('output-operation:started', { operation: anyOperation() });
    spans.onEvent('output-operation:completed', { operation: failed });
    await clock.advance(5_000);
    spans.onEvent('output-operation:started', { operation: anyOperation() });
    const again = anyOperation({ endMs: BEGUN_MS + 5_020, attempts: 2 });
    spans.onEvent('output-operation:completed', { operation: again });
    spans.onEvent('batch:completed', { batch: anyBatch({ processingEndMs: BEGUN_MS + 5_020 }) });
    expect(views()).toMatchObject([
      { startMs: BEGUN_MS + 15, endMs: BEGUN_MS + 40, status: SpanStatusCode.ERROR },
      { startMs: BEGUN_MS + 5_000, endMs: BEGUN_MS + 5_020, status: SpanStatusCode.UNSET },
      { name: 'millrace batch', endMs: BEGUN_MS + 5_020, status: SpanStatusCode.UNSET },
    ]);
  });

  it('end with the engine when a stop leaves a batch behind', async () => {
    const { spans, clock, views } = setUp();
    spans.onEvent('batch:submitted', { batch: anyBatch() });
    spans.onEvent('output-operation:started', { operation: anyOperation() });
    await clock.advance(100);
    spans.onEvent('streaming:stopped', { timeMs: clock.now() });
    expect(views()).toMatchObject([
      { name: 'foreachRDD at 0-orders', endMs: BEGUN_MS + 100 },
      { name: 'millrace batch', endMs: BEGUN_MS + 100 },
    ]);
  });

  it('are never shorter than nothing when the clock is set back', () => {
    const { spans, views } = setUp();
    wholeBatch(
      spans,
      anyBatch({ processingEndMs: BEGUN_MS - 9_000 }),
      anyOperation({ endMs: BEGUN_MS - 9_000 }),
    );
    for (const { startMs, endMs } of views()) expect(endMs).toBe(startMs);
  });

  it('stay bounded when the ends of batches are missed', () => {
    const { spans, finished } = setUp();
    for (let batchTime = 1; batchTime <= 10_005; batchTime += 1)
      spans.onEvent('batch:submitted', { batch: anyBatch({ batchTime }) });
    expect(finished()).toHaveLength(5);
  });
});

describe('the links of a batch', () => {
  const submit = (spans: BatchSpans, traces: readonly string[]) => {
    const input = anyInput({ metadata: { blocks: traces.map((one) => ({ traceparent: one })) } });
    const inputs = new Map([
      [0, input],
      [1, { ...input, streamId: 1 }],
    ]);
    spans.onEvent('batch:submitted', { batch: anyBatch({ inputs }) });
    spans.onEvent('batch:completed', { batch: anyBatch({ inputs }) });
  };

  it('lead to the traces of its inputs, each once and at most maxLinks', () => {
    const { spans, views } = setUp();
    submit(
      spans,
      [1, 1, 2, 3, 4, 5, 6].map((one) => traceparent(one)),
    );
    expect(views()[0]?.links.map(Number)).toEqual([1, 2, 3, 4]);
  });

  it('cost nothing but themselves when linksOf throws', () => {
    const linksOf = () => {
      throw new Error('no');
    };
    const { spans, warnings, views } = setUp({ linksOf });
    submit(spans, [traceparent(1)]);
    spans.onEvent('batch:submitted', {
      batch: anyBatch({ batchTime: 2, inputs: new Map([[0, anyInput()]]) }),
    });
    expect(views()).toMatchObject([{ name: 'millrace batch', links: [] }]);
    expect(warnings).toEqual(['linksOf failed, the batch has no links']);
  });

  it('are added by hand until the batch has ended', () => {
    const { spans, views } = setUp();
    spans.onEvent('batch:submitted', { batch: anyBatch() });
    expect(spans.link(BEGUN_MS, traceparent(7))).toBe(true);
    expect(spans.link(BEGUN_MS, traceparent(7))).toBe(false);
    expect(spans.link(BEGUN_MS, undefined)).toBe(false);
    spans.onEvent('batch:completed', { batch: anyBatch() });
    expect(spans.link(BEGUN_MS, traceparent(8))).toBe(false);
    expect(views()).toMatchObject([{ links: [expect.stringMatching(/7$/)] }]);
  });
});

describe('the context of a batch', () => {
  it('is the span of the operation, also before the events arrive', async () => {
    const { spans, clock, finished, views } = setUp();
    await clock.advance(16);
    const context = spans.contextOf(BEGUN_MS, 0);
    wholeBatch(spans);
    expect(views()).toMatchObject([
      { name: 'foreachRDD at 0-orders', startMs: BEGUN_MS + 16 },
      { name: 'millrace batch', startMs: BEGUN_MS + 16 },
    ]);
    const [child, root] = finished();
    expect(spanIdOf(context ?? ROOT_CONTEXT)).toBe(child?.spanContext().spanId);
    expect(child?.parentSpanContext?.spanId).toBe(root?.spanContext().spanId);
    expect(root?.attributes).toMatchObject({ 'millrace.batch.records': 1 });
  });

  it('is the span of the batch for other numbers and behind the end of the operation; none behind the end', () => {
    const { spans, finished } = setUp();
    spans.onEvent('batch:submitted', { batch: anyBatch() });
    const ofBatch = spanIdOf(spans.contextOf(BEGUN_MS) ?? ROOT_CONTEXT);
    spans.onEvent('output-operation:started', { operation: anyOperation() });
    expect(spanIdOf(spans.contextOf(BEGUN_MS, 0) ?? ROOT_CONTEXT)).not.toBe(ofBatch);
    spans.onEvent('output-operation:completed', { operation: anyOperation() });
    expect(spanIdOf(spans.contextOf(BEGUN_MS, 0) ?? ROOT_CONTEXT)).toBe(ofBatch);
    spans.onEvent('batch:completed', { batch: anyBatch() });
    expect(spans.contextOf(BEGUN_MS, 0)).toBeUndefined();
    expect(finished()).toHaveLength(2);
  });

  it('exists for a batch that the sampler leaves out', () => {
    const seen: unknown[] = [];
    const off = new AlwaysOffSampler();
    const sampler: Sampler = {
      shouldSample: (...asked) => {
        seen.push(asked[4]);
        return off.shouldSample();
      },
      toString: () => 'off',
    };
    const tracer = new TracerProvider({ sampler }).getTracer('tests');
    const { spans } = setUp({ tracer });
    spans.onEvent('batch:submitted', { batch: anyBatch() });
    const context = trace.getSpanContext(spans.contextOf(BEGUN_MS) ?? ROOT_CONTEXT);
    expect(context?.traceFlags).toBe(TraceFlags.NONE);
    expect(seen).toMatchObject([{ 'millrace.batch.records': 1, 'millrace.batch.rerun': false }]);
  });
});

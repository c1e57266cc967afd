// The way from a user's function to the span of its batch: calls inside become children of the span, and records that carry
// a trace are linked.
import { type Context, context } from '@opentelemetry/api';
import type { BatchIdentity } from '@millrace/core';
import type { BatchSpans } from './batch-spans.ts';
import type { TraceSource } from './trace-source.ts';

/** A batch as the functions of outputs get it: `foreachRDD((rdd, batch) => …)`. */
export interface TracedBatch extends BatchIdentity {
  /** The output operation; absent: the batch as a whole. */
  readonly outputOperation?: number;
}

/** The spans behind a handle, one a running engine. */
const SPANS = new WeakMap<BatchTracing, Set<BatchSpans>>();

/**
 * A handle on the spans of an engine's batches, made by the program and passed to the plugin:
 *
 * ```ts
 * const tracing = new BatchTracing();
 * const ssc = new StreamingContext({ …, plugins: [openTelemetry({ tracing })] });
 * orders.foreachRDD((rdd, batch) => tracing.with(batch, () => publish(rdd)));
 * ```
 *
 * The handle knows the batches of engines in its own thread of the driver. Elsewhere, before the start and after the end of
 * a batch, nothing is linked and the active context stays: programs run unchanged with and without tracing.
 */
export class BatchTracing {
  constructor() {
    SPANS.set(this, new Set());
  }

  /** The context with the span of the output operation, or of the batch; without one the active context. */
  contextOf(batch: TracedBatch): Context {
    return spansOf(this, batch)?.contextOf(batch.batchTime, batch.outputOperation) ?? context.active();
  }

  /** Calls a function in that context, so that spans begun inside are children of the batch. Returns the function's result. */
  with<T>(batch: TracedBatch, fn: () => T): T {
    return context.with(this.contextOf(batch), fn);
  }

  /**
   * Links the span of the batch to the trace of a record, by the record's header. Cheap enough for the first records of a
   * batch; not meant for each one: a batch has at most `maxLinks` links, and looks at ten times as many headers.
   *
   * @returns false when nothing was linked: no open batch, no valid trace, a known link, or no room.
   */
  link(batch: TracedBatch, source: TraceSource | undefined): boolean {
    return spansOf(this, batch)?.link(batch.batchTime, source) ?? false;
  }
}

/** Lets a handle reach the spans of an engine. Returns a function that ends the connection. */
export function attachSpans(tracing: BatchTracing, spans: BatchSpans): () => void {
  const attached = SPANS.get(tracing);
  attached?.add(spans);
  return () => void attached?.delete(spans);
}

function spansOf(tracing: BatchTracing, { application }: BatchIdentity): BatchSpans | undefined {
  const attached = [...(SPANS.get(tracing) ?? [])];
  // One engine a process is the rule, and its name may not be known yet.
  return attached.length === 1 ? attached[0] : attached.find((spans) => spans.application === application);
}

// An SDK for spans that keeps finished spans in memory.
import { trace } from '@opentelemetry/api';
import {
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';

/** A provider with its finished spans, in the order of their ends. */
export function spansInMemory() {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  return { provider, finished: () => exporter.getFinishedSpans() };
}

/** The part of a span that tests compare; times are wall milliseconds. */
export function spanView(span: ReadableSpan) {
  const { name, startTime, endTime, status, parentSpanContext, links } = span;
  return {
    name,
    startMs: startTime[0] * 1_000 + startTime[1] / 1e6,
    endMs: endTime[0] * 1_000 + endTime[1] / 1e6,
    status: status.code,
    ...(status.message === undefined ? {} : { message: status.message }),
    parentId: parentSpanContext?.spanId,
    links: links.map(({ context }) => context.traceId),
  };
}

/** The span id of a context. */
export function spanIdOf(context: Parameters<typeof trace.getSpanContext>[0]): string | undefined {
  return trace.getSpanContext(context)?.spanId;
}

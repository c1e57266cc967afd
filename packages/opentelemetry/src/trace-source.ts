// A trace that a record comes from, as found in a header: the `traceparent` of W3C Trace Context, and the link that leads
// from a span of a batch to that trace.
import { createTraceState, isSpanContextValid, type Link, type SpanContext } from '@opentelemetry/api';

/** The value of the header `traceparent`, or the headers `traceparent` and `tracestate` as some clients deliver headers. */
export type TraceSource =
  | string
  | Uint8Array
  | {
      readonly traceparent?: string | Uint8Array | undefined;
      readonly tracestate?: string | Uint8Array | undefined;
    };

const TRACE_PARENT = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/;
/** A longer `traceparent` is none: later versions may append fields to the 55 characters. */
const TRACE_PARENT_MAX = 128;
/** A longer `tracestate` is left out, as the standard allows. */
const TRACE_STATE_MAX = 512;

/** The link to a trace; undefined when the source names no valid trace. Never throws. */
export function linkTo(source: unknown): Link | undefined {
  const isHeaders = typeof source === 'object' && source !== null && !(source instanceof Uint8Array);
  const headers = (isHeaders ? source : { traceparent: source }) as Readonly<Record<string, unknown>>;
  const parent = textOf(headers['traceparent'], TRACE_PARENT_MAX);
  const found = parent === undefined ? undefined : spanContextOf(parent.trim());
  if (found === undefined) return undefined;
  const state = textOf(headers['tracestate'], TRACE_STATE_MAX);
  return { context: state === undefined ? found : { ...found, traceState: createTraceState(state) } };
}

function spanContextOf(text: string): SpanContext | undefined {
  const [, version, traceId, spanId, flags, further] = TRACE_PARENT.exec(text) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  if (version === 'ff' || (version === '00' && further !== undefined)) return undefined;
  // Of the flags, version 00 defines one: sampled.
  const found = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true };
  return isSpanContextValid(found) ? found : undefined;
}

/** The text of a header, which many clients deliver as bytes. */
function textOf(value: unknown, max: number): string | undefined {
  const length = typeof value === 'string' || value instanceof Uint8Array ? value.length : Infinity;
  if (length > max) return undefined;
  return typeof value === 'string' ? value : Buffer.from(value as Uint8Array).toString('latin1');
}

// The public names of @millrace/opentelemetry, listed one by one.
export { BatchTracing } from './batch-tracing.ts';
export type { TracedBatch } from './batch-tracing.ts';
export { openTelemetry } from './open-telemetry.ts';
export type { OpenTelemetryInput } from './open-telemetry.options.ts';
export type { LinksOf } from './batch-spans.ts';
export { SCOPE_NAME } from './scope-name.ts';
export type { TraceSource } from './trace-source.ts';

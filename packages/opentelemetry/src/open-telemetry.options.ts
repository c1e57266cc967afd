// The options of the plugin: one schema is the source of the types, the defaults and the table in the README.
import type { MeterProvider, TracerProvider } from '@opentelemetry/api';
import { z } from 'zod';
import type { LinksOf } from './batch-spans.ts';
import { BatchTracing } from './batch-tracing.ts';

function isProvider(method: 'getMeter' | 'getTracer'): (value: unknown) => boolean {
  return (value) =>
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Readonly<Record<string, unknown>>)[method] === 'function';
}

/** Describes the options of `openTelemetry`. */
export const openTelemetryOptions = z.strictObject({
  /** False: no metrics. */
  metrics: z.boolean().default(true),
  /** False: no spans. */
  spans: z.boolean().default(true),
  /** A handle on the spans of batches, for functions of the program. */
  tracing: z
    .custom<BatchTracing>((value) => value instanceof BatchTracing, 'expected new BatchTracing()')
    .meta({ title: 'BatchTracing' })
    .optional(),
  /**
   * The traces that a batch comes from, by one of its inputs: a function of `StreamInputInfo` and `BatchInfo` that returns
   * headers `traceparent`. Called once for each batch and input. Default: the traces in the metadata of received blocks.
   */
  linksOf: z
    .custom<LinksOf>((value) => typeof value === 'function', 'expected a function')
    .meta({ title: 'function' })
    .optional(),
  /** The most links of one batch. */
  maxLinks: z.int().min(0).max(1_000).default(32),
  /** Further attributes of every span and every value of a metric: tells engines of one process apart. At most 20. */
  attributes: z
    .record(z.string().min(1), z.union([z.string(), z.number(), z.boolean()]))
    .refine((attributes) => Object.keys(attributes).length <= 20, 'expected at most 20 attributes')
    .default({}),
  /** The provider of spans. Default: the global one of `@opentelemetry/api`. */
  tracerProvider: z
    .custom<TracerProvider>(isProvider('getTracer'), 'expected an object with getTracer')
    .meta({ title: 'TracerProvider' })
    .optional(),
  /** The provider of metrics. Default: the global one of `@opentelemetry/api`, as registered when the context starts. */
  meterProvider: z
    .custom<MeterProvider>(isProvider('getMeter'), 'expected an object with getMeter')
    .meta({ title: 'MeterProvider' })
    .optional(),
});

/** The options of `openTelemetry`. */
export type OpenTelemetryInput = z.input<typeof openTelemetryOptions>;

/** The options, complete. */
export type OpenTelemetryOptions = Readonly<z.output<typeof openTelemetryOptions>>;

// An SDK for metrics that is read by hand.
import { type DataPoint, type Histogram, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';

/** The values of a metric by its labels, as `label=value` pairs. */
export type ReadMetric = Readonly<Record<string, number | Histogram>>;

class HandReader extends MetricReader {
  protected override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }

  protected override onShutdown(): Promise<void> {
    return Promise.resolve();
  }
}

/** A provider, and a function that collects all metrics by name. */
export function metricsInMemory() {
  const reader = new HandReader();
  const provider = new MeterProvider({ readers: [reader] });
  const descriptions = new Map<string, { readonly unit: string; readonly description: string }>();
  const collect = async (): Promise<ReadonlyMap<string, ReadMetric>> => {
    const { resourceMetrics, errors } = await reader.collect();
    if (errors.length > 0) throw new AggregateError(errors);
    const all = resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics);
    for (const { descriptor } of all) descriptions.set(descriptor.name, descriptor);
    return new Map(
      all.map(({ descriptor, dataPoints }) => [
        descriptor.name,
        Object.fromEntries(
          (dataPoints as DataPoint<number | Histogram>[]).map(({ attributes, value }) => [
            keyOf(attributes),
            value,
          ]),
        ),
      ]),
    );
  };
  return { provider, collect, descriptions };
}

function keyOf(attributes: Readonly<Record<string, unknown>>): string {
  return Object.entries(attributes)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(',');
}

// The counters and gauges of an engine: observed when the SDK collects, so that a batch costs nothing here. The last values
// of the counters of a stopped engine stay for the collection at the end of the process.
import type {
  Attributes,
  BatchObservableCallback,
  Meter,
  MeterProvider,
  Observable,
} from '@opentelemetry/api';
import { type MetricDefinition, METRICS, type MetricValues } from '@millrace/observe';

/** The collaborators of the metrics. */
export interface ObservedMetricsDeps {
  readonly meter: Meter;
  readonly provider: MeterProvider;
  /** Further attributes of every value. */
  readonly attributes: Attributes;
  /** The values now. */
  readonly read: () => readonly MetricValues[];
}

/** The ends of the counters of stopped engines, by provider and attributes: the next such engine removes the values. */
const STOPPED = new WeakMap<MeterProvider, Map<string, () => void>>();

/** Registers the metrics of a running engine. Returns the function that the end of the engine calls. */
export function observeMetrics(deps: ObservedMetricsDeps): () => void {
  const { provider, attributes, read } = deps;
  const key = JSON.stringify(attributes);
  const stopped = STOPPED.get(provider) ?? new Map<string, () => void>();
  STOPPED.set(provider, stopped);
  stopped.get(key)?.();
  stopped.delete(key);
  const instruments = createInstruments(deps.meter);
  const remove = register(deps, instruments, read);
  let isStopped = false;
  return () => {
    if (isStopped) return;
    isStopped = true;
    const last = read().filter(({ definition }) => definition.kind === 'counter');
    remove();
    stopped.get(key)?.();
    stopped.set(
      key,
      register(deps, instruments, () => last),
    );
  };
}

function createInstruments(meter: Meter): ReadonlyMap<string, Observable> {
  const observed: readonly MetricDefinition[] = METRICS.filter(({ kind }) => kind !== 'histogram');
  return new Map(
    observed.map(({ name, kind, unit, help }) => {
      const options = { unit, description: help };
      return [
        name,
        kind === 'counter'
          ? meter.createObservableCounter(name, options)
          : meter.createObservableGauge(name, options),
      ];
    }),
  );
}

function register(
  { meter, attributes }: ObservedMetricsDeps,
  instruments: ReadonlyMap<string, Observable>,
  read: () => readonly MetricValues[],
): () => void {
  const all = [...instruments.values()];
  const callback: BatchObservableCallback = (result) => {
    for (const { definition, points } of read()) {
      const instrument = instruments.get(definition.name);
      if (instrument === undefined) continue;
      for (const { labels, value } of points) {
        if (value === undefined) continue;
        const own = Object.fromEntries(definition.labels.map((label, index) => [label, labels[index] ?? '']));
        result.observe(instrument, value, { ...attributes, ...own });
      }
    }
  };
  meter.addBatchObservableCallback(callback, all);
  return () => meter.removeBatchObservableCallback(callback, all);
}

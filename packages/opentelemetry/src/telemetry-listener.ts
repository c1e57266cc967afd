// The listener of one engine: from the start of the context to its end, events become spans and metrics.
import { createNoopMeter, metrics, trace } from '@opentelemetry/api';
import type {
  Clock,
  Logger,
  ManagedResource,
  ProcessRole,
  StreamingEvents,
  StreamingListener,
} from '@millrace/core';
import type { EngineGauges } from '@millrace/core/observation';
import { EngineObserver } from '@millrace/observe';
import manifest from '@millrace/opentelemetry/package.json' with { type: 'json' };
import { BatchSpans } from './batch-spans.ts';
import { attachSpans } from './batch-tracing.ts';
import { EngineHistograms } from './histograms.ts';
import { observeMetrics } from './observed-metrics.ts';
import type { OpenTelemetryOptions } from './open-telemetry.options.ts';
import { SCOPE_NAME } from './scope-name.ts';
import { tracesOfBlocks } from './traces-of-blocks.ts';

/** The collaborators of a listener. */
export interface TelemetryListenerDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly role: ProcessRole;
  readonly gauges: EngineGauges;
  readonly options: OpenTelemetryOptions;
}

/** Measures one engine. */
export class TelemetryListener implements StreamingListener, ManagedResource {
  readonly #deps: TelemetryListenerDeps;
  #spans: BatchSpans | undefined;
  #observer: EngineObserver | undefined;
  #application: string | undefined;
  #histograms: EngineHistograms | undefined;
  /** Called at the end of the engine. */
  #ends: (() => void)[] = [];

  constructor(deps: TelemetryListenerDeps) {
    this.#deps = deps;
  }

  async open(): Promise<void> {
    const { role, options } = this.#deps;
    // Events exist on the driver only.
    if (role.executor !== undefined) return;
    if (options.spans) this.#openSpans();
    if (options.metrics) this.#openMetrics();
  }

  /** The last events come after the engine has closed its ports, so the listener ends with the last event. */
  onEvent<K extends keyof StreamingEvents>(event: K, value: StreamingEvents[K]): void {
    this.#spans?.onEvent(event, value);
    this.#observer?.onEvent(event, value);
    if (event === 'batch:completed')
      this.#histograms?.takeBatch((value as StreamingEvents['batch:completed']).batch);
    else if (event === 'checkpoint:completed')
      this.#histograms?.takeCheckpoint((value as StreamingEvents['checkpoint:completed']).checkpoint);
    else if (event === 'streaming:stopped') this.#end();
  }

  #end(): void {
    for (const end of this.#ends.splice(0)) end();
    this.#observer = undefined;
  }

  #openSpans(): void {
    const { clock, log, gauges, options } = this.#deps;
    const { tracing, linksOf = tracesOfBlocks, maxLinks, attributes } = options;
    const provider = options.tracerProvider ?? trace.getTracerProvider();
    const spans = new BatchSpans({
      tracer: provider.getTracer(SCOPE_NAME, manifest.version),
      clock,
      log,
      // Read once: a reading costs a message to each executor.
      application: () => (this.#application ??= gauges.read()?.application),
      linksOf,
      maxLinks,
      attributes,
    });
    this.#spans = spans;
    if (tracing !== undefined) this.#ends.push(attachSpans(tracing, spans));
  }

  #openMetrics(): void {
    const { clock, gauges, options } = this.#deps;
    const { attributes } = options;
    const provider = options.meterProvider ?? metrics.getMeterProvider();
    const meter = provider.getMeter(SCOPE_NAME, manifest.version);
    // Without an SDK nobody collects: nothing is counted then.
    if (meter === createNoopMeter()) return;
    const observer = new EngineObserver({ clock, gauges });
    this.#observer = observer;
    this.#histograms = new EngineHistograms(meter, attributes);
    this.#ends.push(observeMetrics({ meter, provider, attributes, read: () => observer.metrics() }));
  }
}

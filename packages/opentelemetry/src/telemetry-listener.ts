// The listener of one engine: from the start of the context to its end, events become spans.
import { trace } from '@opentelemetry/api';
import type {
  Clock,
  Logger,
  ManagedResource,
  ProcessRole,
  StreamingEvents,
  StreamingListener,
} from '@millrace/core';
import manifest from '@millrace/opentelemetry/package.json' with { type: 'json' };
import { BatchSpans } from './batch-spans.ts';
import { attachSpans } from './batch-tracing.ts';
import type { OpenTelemetryOptions } from './open-telemetry.options.ts';
import { SCOPE_NAME } from './scope-name.ts';
import { tracesOfBlocks } from './traces-of-blocks.ts';

/** The collaborators of a listener. */
export interface TelemetryListenerDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly role: ProcessRole;
  readonly options: OpenTelemetryOptions;
}

/** Measures one engine. */
export class TelemetryListener implements StreamingListener, ManagedResource {
  readonly #deps: TelemetryListenerDeps;
  #spans: BatchSpans | undefined;
  #detach: (() => void) | undefined;

  constructor(deps: TelemetryListenerDeps) {
    this.#deps = deps;
  }

  async open(): Promise<void> {
    const { clock, log, role, options } = this.#deps;
    // Events exist on the driver only.
    if (role.executor !== undefined || !options.spans) return;
    const provider = options.tracerProvider ?? trace.getTracerProvider();
    this.#spans = new BatchSpans({
      tracer: provider.getTracer(SCOPE_NAME, manifest.version),
      clock,
      log,
      application: () => undefined,
      linksOf: options.linksOf ?? tracesOfBlocks,
      maxLinks: options.maxLinks,
      attributes: options.attributes,
    });
    if (options.tracing !== undefined) this.#detach = attachSpans(options.tracing, this.#spans);
  }

  /** The last events come after the engine has closed its ports, so the listener ends with the last event. */
  onEvent<K extends keyof StreamingEvents>(event: K, value: StreamingEvents[K]): void {
    this.#spans?.onEvent(event, value);
    if (event === 'streaming:stopped') this.#detach?.();
  }
}

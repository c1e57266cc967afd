// Observes a context without a plugin.
import { type Clock, type StreamingListener, SystemClock } from '@millrace/core';
import type { EngineGauges } from '@millrace/core/observation';
import { EngineObserver } from './engine-observer.ts';
import type { ObserverOptions } from './observer-options.ts';

/** A context of any engine: `StreamingContext` of `@millrace/engine`, for instance. */
export interface ObservableContext {
  /** Adds a listener of all events from now on. */
  addStreamingListener(listener: StreamingListener): void;
  /** The gauges of the engine. Absent: the observer knows events alone. */
  readonly gauges?: EngineGauges;
}

/**
 * Adds an observer to a context, from now on: call before `start()`.
 *
 * @param setup `clock`: the clock of the engine; default: a `SystemClock`. `gauges`: default those of the context.
 * @throws `MR_CONFIG_INVALID_OPTION` for wrong options.
 */
export function observe(
  context: ObservableContext,
  setup: Partial<ObserverOptions> & { readonly clock?: Clock; readonly gauges?: EngineGauges } = {},
): EngineObserver {
  const { clock = new SystemClock(), gauges = context.gauges, ...options } = setup;
  const observer = new EngineObserver({ clock, options, ...(gauges === undefined ? {} : { gauges }) });
  context.addStreamingListener(observer);
  return observer;
}

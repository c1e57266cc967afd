// The dashboard as a part of an engine: hears the events, and opens and closes with the engine. Nothing that happens to the
// dashboard stops the engine.
import type { Clock, Logger, ManagedResource, StreamingEvents, StreamingListener } from '@millrace/core';
import type { EngineGauges, PostponedEvents } from '@millrace/core/observation';
import { EngineObserver } from '@millrace/observe';
import { DashboardLife } from './dashboard-life.ts';
import { type DashboardOptions, observerOptionsOf } from './dashboard.options.ts';

/** Parts of a `DashboardListener`. */
export interface DashboardListenerDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly gauges: EngineGauges;
  readonly options: DashboardOptions;
}

/** A dashboard in an engine. */
export class DashboardListener implements StreamingListener, ManagedResource {
  readonly readsOnly = true;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #observer: EngineObserver;
  readonly #life: DashboardLife;

  constructor({ clock, log, gauges, options }: DashboardListenerDeps) {
    this.#clock = clock;
    this.#log = log;
    this.#observer = new EngineObserver({ clock, gauges, options: observerOptionsOf(options) });
    this.#life = new DashboardLife({ clock, log, source: this.#observer, options });
  }

  onEvent<K extends keyof StreamingEvents>(event: K, value: StreamingEvents[K], postedMs?: number): void {
    this.#observer.onEvent(event, value, postedMs);
  }

  postpone(events: PostponedEvents): void {
    this.#observer.postpone(events);
  }

  /** Listens; a server that cannot listen is reported, and the engine goes on. */
  async open(): Promise<void> {
    try {
      await this.#life.open();
    } catch (error) {
      this.#log.error('dashboard cannot listen, and the engine goes on without', { error });
    }
  }

  /** Ends the page: with the words that the engine has stopped, as the event of the end comes after its parts are closed. */
  async close(): Promise<void> {
    this.#observer.onEvent('streaming:stopped', { timeMs: this.#clock.now() });
    try {
      await this.#life.close();
    } catch (error) {
      this.#log.warn('dashboard could not be closed', { error });
    }
  }
}

/** The dashboard of a copy of the program that serves as an executor: the driver's dashboard shows all. */
export class NoDashboard implements StreamingListener {
  onEvent(): void {}
}

// A dashboard without a plugin: of a context that exists, or of an observer that the program has anyway.
import { type Clock, type Logger, NoopLogger, SystemClock } from '@millrace/core';
import { validateOptions } from '@millrace/core/engine';
import { type ObservableContext, observe } from '@millrace/observe';
import { DashboardLife } from './dashboard-life.ts';
import { type DashboardInput, dashboardOptions, observerOptionsOf } from './dashboard.options.ts';
import type { ObservedSource } from './observed-source.ts';

/** The surroundings of a dashboard without a plugin. */
export interface ServeDashboardSetup {
  /** The clock of the engine. Default: a `SystemClock`. */
  readonly clock?: Clock;
  /** Default: nothing is logged. */
  readonly log?: Logger;
}

/** A dashboard that listens. */
export interface ServedDashboard {
  /** The address of the page, without the token. */
  readonly url: string;
  /** Ends the dashboard. May be repeated. */
  close(): Promise<void>;
}

/**
 * Serves a dashboard, until `close()`: also of a context that has stopped, for a look at the end. Does not keep the process
 * alive.
 *
 * ```ts
 * const page = await serveDashboard(ssc, { port: 4_040 });
 * await ssc.start();
 * ```
 *
 * @param subject A context, before its start, or an `EngineObserver`.
 * @param options As of `dashboard`.
 * @throws `MR_CONFIG_INVALID_OPTION`; `MR_DASHBOARD_NOT_LISTENING` when the address is not available.
 */
export async function serveDashboard(
  subject: ObservableContext | ObservedSource,
  options: DashboardInput = {},
  { clock = new SystemClock(), log = new NoopLogger() }: ServeDashboardSetup = {},
): Promise<ServedDashboard> {
  const { options: resolved } = validateOptions({
    owner: 'serveDashboard',
    schema: dashboardOptions,
    secrets: ['token'],
    input: options,
  });
  const source =
    'addStreamingListener' in subject ? observe(subject, { clock, ...observerOptionsOf(resolved) }) : subject;
  const life = new DashboardLife({ clock, log, source, options: resolved });
  return { url: await life.open(), close: () => life.close() };
}

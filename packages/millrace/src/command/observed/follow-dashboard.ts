// An engine from moment to moment: over the live channel of its dashboard, and by questions where the channel is refused or
// held back, for instance by a proxy that collects answers. A lost dashboard is asked again until the command ends.
import type { Clock } from '@millrace/core';
import type { DashboardClient } from './dashboard-client.ts';
import { DashboardFailure } from './dashboard-failure.ts';
import { type EngineView, rowOf } from './engine-view.ts';
import { LiveView } from './live-view.ts';

/** The way to the newest view: `lost` means that the view is old. */
export interface Connection {
  readonly kind: 'live' | 'polling' | 'lost';
  /** The reason for polling or for the loss. */
  readonly reason?: string;
}

/** A moment of an engine. */
export interface EngineMoment {
  readonly view: EngineView;
  readonly connection: Connection;
}

/** The collaborators of `followDashboard`. */
export interface FollowDeps {
  readonly client: DashboardClient;
  readonly clock: Pick<Clock, 'after' | 'sleepFor' | 'monotonicMs'>;
  /** Ends the moments. */
  readonly signal: AbortSignal;
}

/** The time between two questions. */
export const POLL_MS = 2_000;
/** After this time of questions the live channel is tried again. */
const LIVE_AGAIN_MS = 30_000;
const RETRY_MS = 1_000;
const RETRY_MAX_MS = 8_000;
/** The server begins with a snapshot at once: later, something on the way holds the channel back. */
const SNAPSHOT_MS = 5_000;
const BATCHES = 200;

/**
 * The moments of an engine, at most about four a second. Ends when the signal is aborted.
 *
 * @throws `DashboardFailure` when there is no dashboard at the beginning, and when a dashboard refuses the token.
 */
export async function* followDashboard(deps: FollowDeps): AsyncGenerator<EngineMoment> {
  const { clock, signal } = deps;
  let view: EngineView | undefined;
  let retryMs = RETRY_MS;
  try {
    for (;;) {
      let reason = 'the dashboard has ended the connection';
      try {
        for await (const moment of liveOrPolled(deps)) {
          view = moment.view;
          retryMs = RETRY_MS;
          yield moment;
        }
      } catch (error) {
        if (!(error instanceof DashboardFailure) || view === undefined || error.status === 401) throw error;
        reason = error.message;
      }
      if (view !== undefined) yield { view, connection: { kind: 'lost', reason } };
      await clock.sleepFor(retryMs, signal);
      retryMs = Math.min(2 * retryMs, RETRY_MAX_MS);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** One connection: ends when the server ends the live channel. */
async function* liveOrPolled(deps: FollowDeps): AsyncGenerator<EngineMoment> {
  for (;;) {
    const reason = yield* live(deps);
    if (reason === undefined) return;
    yield* polled(deps, reason);
  }
}

/** The moments of the live channel. Returns the reason for questions instead; undefined when the channel has ended. */
async function* live({
  client,
  clock,
  signal,
}: FollowDeps): AsyncGenerator<EngineMoment, string | undefined> {
  const held = new AbortController();
  const timer = clock.after(SNAPSHOT_MS, () => held.abort());
  const followed = new LiveView();
  try {
    for await (const event of client.events(AbortSignal.any([signal, held.signal]))) {
      if (event === undefined || !followed.take(event)) continue;
      timer.cancel();
      if (followed.view !== undefined) yield { view: followed.view, connection: { kind: 'live' } };
    }
  } catch (error) {
    if (signal.aborted) throw error;
    if (held.signal.aborted) return 'the live channel is held back on its way';
    if (error instanceof SyntaxError) return 'the live channel is unreadable';
    if (!(error instanceof DashboardFailure) || error.status === undefined || error.status === 401)
      throw error;
    return error.message;
  } finally {
    timer.cancel();
  }
  return followed.view === undefined ? 'the live channel ended before its snapshot' : undefined;
}

async function* polled({ client, clock, signal }: FollowDeps, reason: string): AsyncGenerator<EngineMoment> {
  const untilMs = clock.monotonicMs() + LIVE_AGAIN_MS;
  while (clock.monotonicMs() < untilMs) {
    const [state, { batches }] = await Promise.all([client.state(), client.batches(BATCHES)]);
    const { inputs, graph: _graph, timelines: _timelines, ...summary } = state;
    yield { view: { summary, inputs, batches: batches.map(rowOf) }, connection: { kind: 'polling', reason } };
    await clock.sleepFor(POLL_MS, signal);
  }
}

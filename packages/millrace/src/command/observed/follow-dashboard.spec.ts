import { ManualClock } from '@millrace/core';
import { settle } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import {
  asResponse,
  FixtureChannel,
  fetchOf,
  refusedConnection,
  type ShownEngine,
  snapshotOf,
} from '../../../test/dashboard-answers.ts';
import { anyEngineState, anyObservedBatch } from '../../../test/engine-states.ts';
import { DashboardClient } from './dashboard-client.ts';
import { followDashboard, type EngineMoment } from './follow-dashboard.ts';

function follow(
  live: (signal: AbortSignal | null) => Response | Promise<Response>,
  shown: ShownEngine = SHOWN(),
) {
  const clock = new ManualClock();
  const stop = new AbortController();
  const fetch = fetchOf(shown, live);
  const address = { base: new URL('http://127.0.0.1:4040/'), token: undefined };
  const client = new DashboardClient({ fetch, clock, address, signal: stop.signal });
  const moments: EngineMoment[] = [];
  const end = (async () => {
    for await (const moment of followDashboard({ client, clock, signal: stop.signal })) moments.push(moment);
  })();
  // The tests read the outcome.
  end.catch(() => undefined);
  const kinds = () => moments.map(({ connection }) => connection.kind);
  return { clock, stop, fetch, shown, moments, kinds, end };
}

const SHOWN = (): ShownEngine => ({ state: anyEngineState(), batches: [anyObservedBatch()] });

/** Channels in order: each connection takes the next one. */
function channels(count: number) {
  const all = Array.from({ length: count }, () => new FixtureChannel());
  let next = 0;
  const live = async (): Promise<Response> => {
    const channel = all[next];
    next += 1;
    if (channel === undefined) throw refusedConnection();
    return channel.response;
  };
  return { all: all as [FixtureChannel, FixtureChannel], live };
}

describe('followDashboard', () => {
  it('follows the live channel', async () => {
    const { all, live } = channels(1);
    const { moments, kinds, stop, end, fetch, shown } = follow(live);
    all[0].write(snapshotOf(shown));
    await settle();
    all[0].write('event: batch\ndata: {"batches":[]}\n\n');
    await settle();
    expect(kinds()).toEqual(['live', 'live']);
    expect(moments[0]?.view).toMatchObject({ summary: { application: 'orders' }, inputs: [{ streamId: 0 }] });
    expect(fetch.asked).toEqual(['http://127.0.0.1:4040/events']);
    stop.abort();
    all[0].fail(new Error('aborted'));
    await expect(end).resolves.toBeUndefined();
  });

  it('connects again after the end of the channel, with growing pauses, and says so', async () => {
    const { all, live } = channels(2);
    const { clock, kinds, moments, shown, stop, end } = follow(live);
    all[0].write(snapshotOf(shown));
    await settle();
    all[0].end();
    await settle();
    expect(kinds()).toEqual(['live', 'lost']);
    expect(moments[1]?.connection.reason).toBe('the dashboard has ended the connection');
    await clock.advance(1_000);
    all[1].write(snapshotOf(shown));
    await settle();
    expect(kinds()).toEqual(['live', 'lost', 'live']);
    all[1].fail(new Error('reset'));
    await settle();
    for (const pauseMs of [1_000, 2_000, 4_000, 8_000, 8_000]) await clock.advance(pauseMs);
    expect(kinds().slice(3)).toEqual(['lost', 'lost', 'lost', 'lost', 'lost', 'lost']);
    expect(moments.at(-1)?.connection.reason).toContain('connection refused');
    stop.abort();
    await expect(end).resolves.toBeUndefined();
  });

  it('asks when the channel is refused, and tries the channel again later', async () => {
    const { all, live } = channels(1);
    let isFull = true;
    const full = asResponse({
      status: 503,
      type: 'application/json',
      body: '{"code":"FULL","detail":"32 listeners"}',
    });
    const { clock, kinds, moments, shown, stop, end } = follow(async () => (isFull ? full.clone() : live()));
    await settle();
    await clock.advance(2_000);
    expect(kinds()).toEqual(['polling', 'polling']);
    expect(moments[0]).toMatchObject({
      view: { summary: { application: 'orders' }, batches: [{ state: 'succeeded' }] },
      connection: { reason: 'FULL: 32 listeners' },
    });
    isFull = false;
    await clock.advance(28_000);
    all[0].write(snapshotOf(shown));
    await settle();
    expect(kinds().at(-1)).toBe('live');
    stop.abort();
    all[0].fail(new Error('aborted'));
    await end;
  });

  it('asks when the channel is held back on its way, or unreadable', async () => {
    const held = follow(
      (signal) =>
        new Promise((_resolve, reject) =>
          signal?.addEventListener('abort', () => reject(signal.reason as Error)),
        ),
    );
    await settle();
    await held.clock.advance(5_000);
    expect(held.moments[0]?.connection).toEqual({
      kind: 'polling',
      reason: 'the live channel is held back on its way',
    });
    held.stop.abort();
    await held.end;

    const { all, live } = channels(1);
    const unreadable = follow(live);
    all[0].write('event: snapshot\ndata: {"schema":\n\n');
    await settle();
    expect(unreadable.moments[0]?.connection.reason).toBe('the live channel is unreadable');
    unreadable.stop.abort();
    await unreadable.end;

    const short = channels(1);
    const ended = follow(short.live);
    short.all[0].end();
    await settle();
    expect(ended.moments[0]?.connection.reason).toBe('the live channel ended before its snapshot');
    ended.stop.abort();
    await ended.end;
  });

  it('fails without a dashboard at the beginning, and when the token is refused', async () => {
    await expect(follow(async () => Promise.reject(refusedConnection())).end).rejects.toThrow(
      'connection refused',
    );
    const refused = asResponse({ status: 401, type: 'text/plain', body: '' });
    await expect(follow(() => refused).end).rejects.toThrow('needs a token');
  });
});

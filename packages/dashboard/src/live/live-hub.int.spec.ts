// The live channel by requests. Every wait is for an event.
import { once } from 'node:events';
import { connect } from 'node:net';
import { settle } from '@millrace/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeSource } from '../../test/fake-source.ts';
import { type LiveClient, RunningDashboard } from '../../test/running-dashboard.ts';
import { LISTENERS_MAX } from './live-hub.ts';

const running: RunningDashboard[] = [];

async function start(source = new FakeSource()): Promise<RunningDashboard> {
  const dashboard = await RunningDashboard.start(source);
  running.push(dashboard);
  return dashboard;
}

const first = async (live: LiveClient) => {
  await live.until(({ events }) => events.length > 0);
  return live.events[0]!;
};

afterEach(async () => {
  for (const dashboard of running.splice(0)) {
    await dashboard.close();
    expect(dashboard.clock.pendingTimers).toBe(0);
  }
});

describe('a listener', () => {
  it('begins with a snapshot, and then hears changes with consecutive ids', async () => {
    const source = new FakeSource();
    const dashboard = await start(source);
    const live = await dashboard.listen();
    expect(live.response.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-content-type-options': 'nosniff',
    });
    const snapshot = await first(live);
    expect(snapshot).toMatchObject({ name: 'snapshot', data: { schema: 1, hasMoreBatches: true } });
    expect(snapshot.data.batches).toHaveLength(200);
    expect(snapshot.data.timelines.recent.timeMs).toHaveLength(600);
    source.tick();
    const batch = await live.next('batch');
    expect(batch.data.batches).toMatchObject([{ batchTime: source.lastBatch, inputCount: 3 }]);
    expect(batch.data.points.timeMs).toEqual([source.lastBatch]);
    source.change({ kind: 'verdict', verdict: source.liveState().verdict });
    await live.next('verdict');
    const numbers = live.events.map(({ id }) => Number(id.split('-')[1]));
    expect(numbers).toEqual(numbers.map((_, index) => numbers[0]! + index));
    live.end();
  });

  it('hears all amounts with the batches of a moment, and of inputs and graph only the news', async () => {
    const source = new FakeSource();
    const dashboard = await start(source);
    const live = await dashboard.listen();
    await first(live);
    source.tick();
    const batch = await live.next('batch');
    expect(batch.data.summary.totals.batches).toBe(601);
    expect(batch.data.batches).toHaveLength(1);
    expect(batch.data.graph).toHaveLength(13);
    expect(live.events.map(({ name }) => name)).toEqual(['snapshot', 'receiver', 'batch']);
    expect(live.events[1]?.data.inputs).toHaveLength(3);
    source.change({ kind: 'state', state: source.liveState() });
    const again = await live.next('batch');
    expect(again.data.batches).toEqual([]);
    expect(again.data).not.toHaveProperty('graph');
    expect(live.events).toHaveLength(4);
    live.end();
  });

  it('that has missed nothing goes on without a snapshot, and any other gets one', async () => {
    const source = new FakeSource();
    const dashboard = await start(source);
    const stays = await dashboard.listen();
    const leaves = await dashboard.listen();
    const { id } = await first(leaves);
    await first(stays);
    leaves.end();
    const back = await dashboard.listen({ 'Last-Event-ID': id });
    source.tick();
    expect((await first(back)).name).toBe('receiver');
    const late = await dashboard.listen({ 'Last-Event-ID': id });
    expect((await first(late)).name).toBe('snapshot');
    const ofAnotherEngine = await dashboard.listen({ 'Last-Event-ID': `x-${id.split('-')[1]}` });
    expect((await first(ofAnotherEngine)).name).toBe('snapshot');
    for (const live of [stays, back, late, ofAnotherEngine]) live.end();
  });

  it('that was alone gets a snapshot when it comes back: nobody was told meanwhile', async () => {
    const source = new FakeSource();
    const dashboard = await start(source);
    const live = await dashboard.listen();
    const { id } = await first(live);
    live.end();
    while (source.listenerCount > 0) await settle();
    const back = await dashboard.listen({ 'Last-Event-ID': id });
    expect((await first(back)).name).toBe('snapshot');
    back.end();
  });

  it('hears a comment every 15 s', async () => {
    const dashboard = await start();
    const live = await dashboard.listen();
    await first(live);
    await dashboard.clock.advance(14_999);
    expect(live.comments).toBe(0);
    await dashboard.clock.advance(1);
    await live.until(({ comments }) => comments === 1);
    await dashboard.clock.advance(15_000);
    await live.until(({ comments }) => comments === 2);
    live.end();
  });

  it('hears the last state at the end', async () => {
    const source = new FakeSource();
    const dashboard = await start(source);
    const live = await dashboard.listen();
    await first(live);
    source.scene = 'stopped';
    await dashboard.close();
    await live.until(({ isOver }) => isOver);
    expect(live.events.at(-1)).toMatchObject({ name: 'batch', data: { summary: { state: 'stopped' } } });
  });
});

describe('bounds', () => {
  it('do not let a listener that does not read delay the end', async () => {
    const source = new FakeSource();
    const dashboard = await RunningDashboard.start(source);
    const sleeps = connect(dashboard.port, '127.0.0.1').pause();
    sleeps.on('error', () => undefined);
    sleeps.write('GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n');
    while (source.listenerCount === 0) await settle();
    const big = source.batches({ limit: 100 }).batches;
    const { recent } = source.state().timelines;
    for (let message = 0; message < 100; message += 1)
      source.change({ kind: 'batch', batches: big, points: recent });
    const closed = dashboard.close();
    await dashboard.clock.advance(500);
    await closed;
    expect(dashboard.clock.pendingTimers).toBe(0);
    sleeps.destroy();
  });

  it(`refuse a further listener than ${LISTENERS_MAX}, until one leaves`, async () => {
    const source = new FakeSource();
    const dashboard = await start(source);
    const all = await Promise.all(Array.from({ length: LISTENERS_MAX }, () => dashboard.listen()));
    await Promise.all(all.map(first));
    const refused = await dashboard.get('/events');
    expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
    expect(JSON.parse(refused.body)).toMatchObject({ code: 'MR_DASHBOARD_LISTENERS_FULL' });
    expect((await dashboard.get('/healthz')).status).toBe(200);
    all[0]!.end();
    for (;;) {
      const live = await dashboard.listen();
      if (live.response.statusCode === 200) {
        live.end();
        break;
      }
    }
    for (const live of all) live.end();
  });

  it('cut off a listener that does not read, and no other one', async () => {
    const source = new FakeSource();
    const dashboard = await start(source);
    const reads = await dashboard.listen();
    await first(reads);
    const sleeps = connect(dashboard.port, '127.0.0.1');
    sleeps.on('error', () => undefined);
    await once(sleeps, 'connect');
    sleeps.pause();
    sleeps.write('GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n');
    // The second listener has joined when the source is asked for one more state.
    const before = source.stateCalls;
    while (source.stateCalls === before) await settle();
    const big = source.batches({ limit: 100 }).batches.map((batch) => ({ ...batch, isRerun: true }));
    const { recent } = source.state().timelines;
    const closed = once(sleeps, 'close');
    for (let message = 0; message < 400 && !sleeps.closed; message += 1) {
      source.change({ kind: 'batch', batches: big, points: recent });
      await reads.until(({ events }) => events.length > message + 1);
      if (message % 50 === 49) expect(process.memoryUsage().rss).toBeLessThan(1_500 * 1_024 * 1_024);
    }
    sleeps.resume();
    await closed;
    expect(reads.isOver).toBe(false);
    source.tick();
    await reads.next('batch');
    reads.end();
  });

  it('ask the source for changes only while somebody listens', async () => {
    const source = new FakeSource();
    const dashboard = await start(source);
    expect(source.listenerCount).toBe(0);
    const live = await dashboard.listen();
    await first(live);
    expect(source.listenerCount).toBe(1);
    live.end();
    while (source.listenerCount > 0) await settle();
    expect(dashboard.clock.pendingTimers).toBe(0);
  });
});

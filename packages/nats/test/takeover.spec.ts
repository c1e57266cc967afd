// Two drivers of one application over servers in memory: lease, log and checkpoints together. One driver is cut off; the other one
// goes on with the state of the first, and the first one ends.
import { CheckpointStore, provide, WriteAheadLogFactory } from '@millrace/core';
import { DriverLease } from '@millrace/core/engine';
import { StreamingContext } from '@millrace/engine';
import { virtualPorts } from '@millrace/testing';
import { expect, it } from 'vitest';
import { NatsCheckpoints } from '../src/checkpoints/nats-checkpoints.ts';
import { NatsLease } from '../src/lease/nats-lease.ts';
import { SharedLinks } from '../src/link/shared-links.ts';
import { NatsLogFactory } from '../src/log/nats-log-factory.ts';
import { streamConfig } from '../src/servers/stream-plan.ts';
import { FakeJetStream, FakeNats } from '../src/fake/index.ts';
import { StreamApi } from '../src/streams/stream-api.ts';

const BATCH_MS = 1_000;
const APP = 'counts';

it('a driver that stands by goes on with the state of a driver that is cut off', async () => {
  const { clock, random, log, plugin } = virtualPorts({ startMs: 1_000_000 });
  const nats = new FakeNats({ clock, random, log, servers: 3 });
  const streams = new FakeJetStream(nats);
  const api = new StreamApi(nats.connect(), 1_000);
  for (const purpose of ['META', 'CTL', 'CKPT'] as const)
    await api.create(streamConfig(APP, purpose, { replicas: 3 }));

  const driver = () => {
    const link = nats.connect();
    const links = () => new SharedLinks({ open: async () => link }, async () => undefined);
    const ports = { clock, random, log };
    const plan = () => streamConfig(APP, 'META', { replicas: 3 });
    const control = () => streamConfig(APP, 'CTL', { replicas: 3 });
    const ssc = new StreamingContext({
      appName: APP,
      batchIntervalMs: BATCH_MS,
      plugins: [
        plugin,
        provide(DriverLease, new NatsLease({ ...ports, links: links(), plan: control })),
        provide(
          WriteAheadLogFactory,
          new NatsLogFactory({ ...ports, links: links(), plan, inboxPrefix: '_INBOX' }),
        ),
        provide(CheckpointStore, new NatsCheckpoints({ ...ports, links: links(), app: APP, replicas: 3 })),
      ],
    });
    const totals: number[] = [];
    ssc
      .queueStream<number>(Array.from({ length: 200 }, () => [1]))
      .map((one) => ['all', one] as const)
      .updateStateByKey(
        (values: readonly number[], before: number | undefined) => (before ?? 0) + values.length,
      )
      .foreachRDD(async (rdd) => {
        for (const [, total] of await rdd.collect()) totals.push(total);
      });
    const started = ssc.start();
    const outcome = started
      .then(() => ssc.awaitTermination())
      .then(
        () => undefined,
        (error: unknown) => error,
      );
    return { ssc, link, totals, outcome };
  };

  const first = driver();
  await clock.advance(10 * BATCH_MS);
  const second = driver();
  await clock.advance(5 * BATCH_MS);
  const before = first.totals.length;
  expect(before).toBeGreaterThan(8);
  expect(second.totals).toEqual([]);

  first.link.cutOff({ noticedMs: 2_000 });
  await clock.advance(8_000);
  expect(second.totals.length).toBeGreaterThan(0);
  await clock.advance(20_000);
  first.link.restore();
  await clock.advance(10_000);
  expect(first.ssc.state).toBe('STOPPED');
  expect(await first.outcome).toMatchObject({ disposition: 'stop-engine' });
  expect(second.ssc.state).toBe('ACTIVE');

  // The state goes on without a step back of more than the batches that ran again.
  const [from = 0] = second.totals;
  expect(from).toBeGreaterThan(1);
  expect(from).toBeLessThanOrEqual(before + 4);
  expect(second.totals).toEqual(second.totals.map((_, index) => from + index));

  await second.ssc.stop({ graceful: false });
  expect(streams.stream(`ML_${APP}_CKPT`).info('n1').state.messages).toBeGreaterThan(0);
});

// The fence of a driver whose process was paused after the driver had got the lease: the driver that took over stays in charge.
import type { DriverTerm } from '@millrace/core/engine';
import { describe, expect, it } from 'vitest';
import { NatsCheckpoints } from '../src/checkpoints/nats-checkpoints.ts';
import { LeaseRenewals } from '../src/streams/lease-renewals.ts';
import { NatsLease } from '../src/lease/nats-lease.ts';
import { SharedLinks } from '../src/link/shared-links.ts';
import { NatsLogFactory } from '../src/log/nats-log-factory.ts';
import { streamConfig } from '../src/servers/stream-plan.ts';
import { LogWorld } from './log-world.ts';
import { PausableClock } from './pausable-clock.ts';

async function drivers() {
  const world = new LogWorld();
  const config = (purpose: 'META' | 'CTL' | 'CKPT') => streamConfig('app', purpose, { replicas: 3 });
  for (const purpose of ['META', 'CTL', 'CKPT'] as const) await world.createStream(purpose, config(purpose));
  const driver = () => {
    const clock = new PausableClock(world.clock);
    const { random, log } = world;
    const link = world.nats.connect();
    const links = new SharedLinks({ open: async () => link }, async () => undefined);
    const renewals = new LeaseRenewals(clock);
    const ports = { links, clock, random, log, renewals };
    const lease = new NatsLease({ ...ports, plan: () => config('CTL') });
    const terms: DriverTerm[] = [];
    const { signal } = new AbortController();
    void lease.acquire({ application: 'app', signal, onStandby: () => undefined }).then((term) => {
      terms.push(term);
    });
    const logs = new NatsLogFactory({ ...ports, inboxPrefix: '_INBOX', plan: () => config('META') });
    const checkpoints = new NatsCheckpoints({ ...ports, app: 'app', replicas: 3 });
    return { clock, terms, logs, checkpoints };
  };
  return { world, driver };
}

/** The first driver sleeps from its lease on; the second one takes over, and has the log and the checkpoints. */
async function takenOver() {
  const { world, driver } = await drivers();
  const first = driver();
  await world.clock.advance(100);
  expect(first.terms).toHaveLength(1);
  const goOn = first.clock.pause();
  const second = driver();
  await world.clock.advance(10_000);
  expect(second.terms).toHaveLength(1);
  const log = await world.until(second.logs.open('log'));
  await world.until(second.checkpoints.write(1, Buffer.from('one')));
  return { world, first, second, log, goOn };
}

const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('a driver that was paused between its lease and its fence', () => {
  it('ends without the log, and its successor goes on to write', async () => {
    const { world, first, second, log, goOn } = await takenOver();
    const opening = errorOf(first.logs.open('log'));
    goOn();
    expect(await world.until(opening)).toMatchObject({ code: 'MR_LEASE_LOST' });
    await world.until(log.write(Buffer.from('decision'), 1));
    expect(second.terms[0]?.lost.aborted).toBe(false);
  });

  it('ends without the checkpoints, and its successor goes on to write', async () => {
    const { world, first, second, goOn } = await takenOver();
    const reading = errorOf(first.checkpoints.newest());
    goOn();
    expect(await world.until(reading)).toMatchObject({ code: 'MR_LEASE_LOST' });
    await world.until(second.checkpoints.write(2, Buffer.from('two')));
    expect(await second.checkpoints.list()).toEqual([1, 2]);
  });

  it('waits for the next accepted renewal, and opens the log afterwards', async () => {
    const { world, driver } = await drivers();
    const only = driver();
    await world.clock.advance(100);
    const control = world.streams.stream('ML_app_CTL');
    const goOn = control.hold();
    await world.clock.advance(1_500);
    const meta = world.streams.stream('ML_app_META');
    const opening = only.logs.open('log');
    await world.clock.advance(2_000);
    expect(meta.info(meta.servers[0] ?? '').state.last_seq).toBe(0);
    goOn();
    await world.until(opening);
    expect(meta.info(meta.servers[0] ?? '').state.last_seq).toBe(1);
    expect(only.terms[0]?.lost.aborted).toBe(false);
  });
});

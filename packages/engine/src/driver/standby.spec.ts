// Two drivers of one application over one lease and one log: one is in charge, the other stands by.
import { isMillraceError } from '@millrace/core';
import { MemoryDriverLeases, settle } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import type { StopOptions } from '../context/stop-options.ts';
import type { StopReport } from './stop-report.ts';
import { type SharedDriver, TwoDrivers } from '../../test/two-drivers.ts';

const IN_DOUBT = 'the lease is not renewed, no job begins until an answer comes';

/** A world in which `a` is in charge and `b` stands by, after some batches. */
async function begun(): Promise<{ world: TwoDrivers; a: SharedDriver; b: SharedDriver }> {
  const world = new TwoDrivers();
  const a = world.begin('a');
  await world.pass(100);
  const b = world.begin('b');
  await world.pass(3_000);
  return { world, a, b };
}

/** No number is missing, none is in two batches, and batches that ran twice are equal. */
function expectEachNumberOnce({
  outputs,
  allocated,
}: {
  outputs: TwoDrivers['outputs'];
  allocated: readonly number[];
}): void {
  expect(allocated).toEqual([...new Set(allocated)]);
  const batches = new Map<number, readonly number[]>();
  for (const { batchTime, numbers } of outputs) {
    expect(batches.get(batchTime) ?? numbers).toEqual(numbers);
    batches.set(batchTime, numbers);
  }
  const numbers = [...batches].toSorted(([a], [b]) => a - b).flatMap(([, found]) => found);
  expect(numbers).toEqual(numbers.map((_, index) => index));
  expect(numbers.length).toBeGreaterThan(0);
}

const check = (world: TwoDrivers): void =>
  expectEachNumberOnce({ outputs: world.outputs, allocated: world.allocated() });

/** The drivers that made outputs, in order. */
const driversOf = ({ outputs }: TwoDrivers): readonly string[] => [
  ...new Set(outputs.map(({ driver }) => driver)),
];

describe('a driver that stands by', () => {
  it('waits for as long as another driver is in charge, and starts nothing', async () => {
    const { world, a, b } = await begun();
    await world.pass(60_000);
    expect([a.outcome(), b.outcome()]).toEqual(['resolved', undefined]);
    expect(b.ssc.status()).toMatchObject({ state: 'standby', receivers: [] });
    expect(b.events).toEqual(['standby behind a']);
    expect(world.epochs()).toEqual([1]);
    expect(driversOf(world)).toEqual(['a']);
    check(world);
  });

  it('takes over after the death of the driver in charge, with a higher epoch', async () => {
    const { world, a, b } = await begun();
    world.kill(a);
    await world.pass(10_000);
    expect(b.outcome()).toBe('resolved');
    expect(b.events).toEqual(['standby behind a', 'in charge in epoch 2', 'started']);
    expect(b.ssc.status().state).toBe('active');
    expect(world.epochs()).toEqual([1, 2]);
    expect(driversOf(world)).toEqual(['a', 'b']);
    // SINK-20
    expect([...world.writes]).toEqual(['a in epoch 1', 'b in epoch 2']);
    expect((await stopOf(world, b)).isClean).toBe(true);
    check(world);
  });

  it('is in charge at once after a hand-over', async () => {
    const { world, a, b } = await begun();
    expect((await stopOf(world, a, { handOver: true })).isClean).toBe(true);
    expect(a.log.messages('warn')).not.toContain(IN_DOUBT);
    await world.pass(500);
    expect([world.holder, b.outcome()]).toEqual(['b', 'resolved']);
    await world.pass(3_000);
    await stopOf(world, b);
    expect(world.holder).toBeUndefined();
    check(world);
  });

  it('ends without a failure when the application is stopped', async () => {
    const { world, a, b } = await begun();
    await stopOf(world, a);
    await world.pass(1_000);
    expect([b.ssc.state, b.outcome()]).toEqual(['STOPPED', 'resolved']);
    await b.ssc.awaitTermination();
    expect(b.events).toEqual(['standby behind a', 'stopped']);
    expect(b.clock.pendingTimers).toBe(0);
    expect(world.epochs()).toEqual([1]);
  });

  it('ends without a failure when it is stopped itself, and leaves the driver in charge alone', async () => {
    const { world, a, b } = await begun();
    const report = await stopOf(world, b);
    expect(report).toMatchObject({ isClean: true, errors: [] });
    await settle();
    expect([b.ssc.state, b.outcome()]).toEqual(['STOPPED', 'resolved']);
    await b.ssc.awaitTermination();
    await world.pass(10_000);
    expect([world.holder, a.ssc.state]).toEqual(['a', 'ACTIVE']);
    expect(b.clock.pendingTimers).toBe(0);
    check(world);
  });

  it('takes over from a driver that has failed', async () => {
    const { world, a, b } = await begun();
    world.inJob = (driver) => {
      if (driver === 'a') throw new Error('the disk of this host is broken');
    };
    await world.pass(60_000);
    expect(a.ssc.state).toBe('STOPPED');
    await expect(a.ssc.awaitTermination()).rejects.toMatchObject({ code: 'MR_BATCH_FAILED' });
    expect(b.ssc.state).toBe('ACTIVE');
    check(world);
  });
});

describe('a driver that was replaced', () => {
  it('stops with MR_LEASE_LOST when it goes on after a pause, and decides nothing', async () => {
    const { world, a, b } = await begun();
    world.pause(a);
    await world.pass(10_000);
    const decided = world.decisions().length;
    await world.resume(a);
    expect(world.decisions()).toHaveLength(decided);
    await world.pass(3_000);
    expect(a.ssc.state).toBe('STOPPED');
    await expect(a.ssc.awaitTermination()).rejects.toSatisfy(
      (error) => isMillraceError(error, 'MR_LEASE_LOST') || isMillraceError(error, 'MR_WAL_FENCED'),
    );
    expect([world.holder, b.ssc.state]).toEqual(['b', 'ACTIVE']);
    await stopOf(world, b);
    check(world);
  });

  it('stops with MR_WAL_FENCED at its next decision when the lease does not tell, and begins no job', async () => {
    const { world, a, b } = await begun();
    // The part of the process that renews the lease is dead, the rest goes on.
    a.lease.kill();
    await world.pass(20_000);
    expect(a.ssc.state).toBe('STOPPED');
    await expect(a.ssc.awaitTermination()).rejects.toMatchObject({ code: 'MR_WAL_FENCED' });
    expect(a.events.slice(-2)).toEqual(['failed MR_WAL_FENCED', 'stopped']);
    expect(b.ssc.state).toBe('ACTIVE');
    const firstOfB = world.outputs.findIndex(({ driver }) => driver === 'b');
    expect(world.outputs.slice(firstOfB).filter(({ driver }) => driver === 'a')).toEqual([]);
    await stopOf(world, b);
    check(world);
  });
});

describe('a driver whose lease is uncertain', () => {
  it('begins no job until the lease is renewed, and then runs the waiting batches', async () => {
    const { world, a, b } = await begun();
    const heals = [a.lease.cutOff(), b.lease.cutOff()];
    await world.pass(3_000);
    const before = world.outputs.length;
    const made = world.allocated().length;
    await world.pass(5_000);
    expect(world.outputs).toHaveLength(before);
    expect(world.allocated().length).toBeGreaterThan(made + 3);
    expect(a.log.messages('warn')).toContain(IN_DOUBT);
    for (const heal of heals) heal();
    await world.pass(2_000);
    expect(world.outputs.length).toBeGreaterThan(before + 5);
    expect([a.ssc.state, world.holder]).toEqual(['ACTIVE', 'a']);
    expect(driversOf(world)).toEqual(['a']);
    check(world);
  });

  it('gives up after the time of the lease', async () => {
    const world = new TwoDrivers();
    const a = world.begin('a');
    await world.pass(3_000);
    a.lease.cutOff();
    await world.pass(20_000);
    expect(a.ssc.state).toBe('STOPPED');
    await expect(a.ssc.awaitTermination()).rejects.toMatchObject({ code: 'MR_LEASE_LOST' });
  });
});

describe('the epoch of a driver', () => {
  it('is the number of the term, or one more than every recorded epoch where that is greater', async () => {
    const world = new TwoDrivers();
    await world.passTerms(4);
    for (const name of ['a', 'b']) {
      const driver = world.begin(name);
      await world.pass(2_000);
      await stopOf(world, driver);
      // The service of the lease is set up anew, and counts from 1.
      world.leases = new MemoryDriverLeases();
    }
    expect(world.epochs()).toEqual([5, 6]);
  });
});

/** Stops a driver, and lets time pass until the driver has stopped. */
async function stopOf(
  world: TwoDrivers,
  driver: SharedDriver,
  options: StopOptions = {},
): Promise<StopReport> {
  const stopped = driver.ssc.stop(options);
  for (let step = 0; step < 200 && driver.ssc.state !== 'STOPPED'; step += 1) await world.pass(100);
  return stopped;
}

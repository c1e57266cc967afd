// The parts of a reading that only a cluster has: the lease, and the mark of executors on several hosts.
import { ExecutorBackend, provide } from '@millrace/core';
import { RecordingExecutorBackend, virtualPorts } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { StreamingContext } from '../context/streaming-context.ts';
import { type SharedDriver, TwoDrivers } from '../../test/two-drivers.ts';

const leaseOf = ({ ssc }: SharedDriver) => ssc.gauges.read()?.lease;

/** A world in which `a` is in charge and `b` stands by. */
async function begun(): Promise<{ world: TwoDrivers; a: SharedDriver; b: SharedDriver }> {
  const world = new TwoDrivers();
  const a = world.begin('a');
  await world.pass(100);
  const b = world.begin('b');
  await world.pass(3_000);
  return { world, a, b };
}

describe('the lease in a reading (GAUGE-14)', () => {
  it('tells the driver in charge and the driver that stands by, and both after the take-over', async () => {
    const { world, a, b } = await begun();
    expect(leaseOf(a)).toEqual({ state: 'in-charge', sinceMs: 10_000, isCertain: true, epoch: 1 });
    expect(leaseOf(b)).toEqual({ state: 'standby', sinceMs: 10_100, holder: 'a' });
    const stopped = a.ssc.stop({ handOver: true });
    await world.pass(3_000);
    await stopped;
    await world.pass(2_000);
    expect(leaseOf(a)).toMatchObject({ state: 'ended', epoch: 1 });
    expect(leaseOf(a)).not.toHaveProperty('isCertain');
    expect(leaseOf(b)).toMatchObject({ state: 'in-charge', isCertain: true, epoch: 2 });
  });

  it('is not certain while renewals are unanswered, certain after a renewal, and ended after the loss', async () => {
    const { world, a } = await begun();
    const seen: (boolean | string | undefined)[] = [];
    const look = (): void => {
      const lease = leaseOf(a);
      const now = lease?.state === 'in-charge' ? lease.isCertain : lease?.state;
      if (seen.at(-1) !== now) seen.push(now);
    };
    const pass = async (): Promise<void> => {
      for (let step = 0; step < 40 && seen.length < 5; step += 1) {
        await world.pass(500);
        look();
        if (seen.length === 2) heal();
        if (seen.length === 3) a.lease.cutOff();
      }
    };
    look();
    const heal = a.lease.cutOff();
    await pass();
    expect(seen).toEqual([true, false, true, false, 'ended']);
  });

  it('is absent without a lease, and `spansHosts` on one host (GAUGE-15)', () => {
    for (const spansHosts of [true, false]) {
      const { plugin } = virtualPorts();
      const backend = Object.assign(new RecordingExecutorBackend(), { isRemote: true, spansHosts });
      const ssc = new StreamingContext({
        appName: 'cluster',
        batchIntervalMs: 1_000,
        plugins: [plugin, provide(ExecutorBackend, backend)],
      });
      const reading = ssc.gauges.read();
      expect(reading).not.toHaveProperty('lease');
      expect(reading?.spansHosts).toBe(spansHosts ? true : undefined);
      expect(reading === undefined || 'spansHosts' in reading).toBe(spansHosts);
    }
  });
});

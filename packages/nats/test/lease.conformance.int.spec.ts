// The kit of leases over three real servers, with three replicas. The time of the drivers is virtual.
import { ManualClock } from '@millrace/core';
import type { DriverLease } from '@millrace/core/engine';
import { type DriverLeaseTarget, driverLeaseConformance } from '@millrace/testing/conformance';
import { describe } from 'vitest';
import { NatsLease } from '../src/lease/nats-lease.ts';
import { SharedLinks } from '../src/link/shared-links.ts';
import { streamConfig } from '../src/servers/stream-plan.ts';
import { leaseClaims } from './lease-claims.ts';
import { PausableClock } from './pausable-clock.ts';
import type { RealCluster } from './real-cluster.ts';
import { type VirtualTimeLink, VirtualTimeLinks } from './virtual-time-links.ts';
import { withCluster } from './with-cluster.ts';

const { it: itWithCluster, cluster } = withCluster(3);
type TestOf = Parameters<Parameters<typeof driverLeaseConformance>[0]['it']>[1];
const it = (title: string, test: TestOf): void => itWithCluster(title, (_, context) => test(context));

/** One stream for the leases of all checks: each check has applications of its own. */
const CONTROL = {
  ...streamConfig('kit', 'CTL', { replicas: 3 }),
  subjects: ['ml.*.ctl.>'],
  max_bytes: 8 * 1024 * 1024,
};

driverLeaseConformance(
  { describe, it },
  {
    name: 'NatsLease',
    module: import.meta.url,
    capabilities: leaseClaims,
    timeoutMs: 150_000,
    create: () => leasesOver(cluster()),
  },
);

async function leasesOver(servers: RealCluster): Promise<DriverLeaseTarget> {
  await servers.createStream(CONTROL);
  const { random, log } = servers;
  const world = random.id(8);
  const time = new VirtualTimeLinks(new ManualClock(1_000_000));
  const processes = new Map<DriverLease, { readonly link: VirtualTimeLink; readonly clock: PausableClock }>();
  const processOf = (lease: DriverLease) => {
    const process = processes.get(lease);
    if (process === undefined) throw new Error('a lease of another world');
    return process;
  };
  return {
    createLease: async () => {
      const link = time.link(await servers.link());
      const clock = new PausableClock(time.clock);
      const links = new SharedLinks({ open: async () => link }, async () => undefined);
      const inner = new NatsLease({ links, clock, random, log, plan: () => CONTROL });
      const lease: DriverLease = {
        reach: inner.reach,
        acquire: (request) => inner.acquire({ ...request, application: `${world}-${request.application}` }),
        // The kit waits for a release without letting time pass, and a release asks the servers, again if nobody answers.
        release: (options) => time.until(inner.release(options)),
      };
      processes.set(lease, { link, clock });
      return lease;
    },
    advance: (ms) => time.advance(ms),
    kill: (lease) => {
      processOf(lease).clock.pause();
      processOf(lease).link.cutOff();
    },
    cutOff: (lease) => processOf(lease).link.cutOff(),
    pause: (lease) => processOf(lease).clock.pause(),
    dispose: async () => {
      for (const { link } of processes.values()) await link.close();
    },
  };
}

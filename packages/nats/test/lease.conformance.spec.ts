// The kit of leases over three servers in memory.
import type { DriverLease } from '@millrace/core/engine';
import { driverLeaseConformance } from '@millrace/testing/conformance';
import { describe, it } from 'vitest';
import type { FakeLink } from '../src/fake/index.ts';
import { NatsLease } from '../src/lease/nats-lease.ts';
import { SharedLinks } from '../src/link/shared-links.ts';
import { streamConfig } from '../src/servers/stream-plan.ts';
import { leaseClaims } from './lease-claims.ts';
import { LogWorld } from './log-world.ts';
import { PausableClock } from './pausable-clock.ts';

/** The applications of the kit. */
const APPLICATIONS = ['conformance', 'one', 'two'];
const NOTICED_MS = 2_000;

driverLeaseConformance(
  { describe, it },
  {
    name: 'NatsLease',
    module: import.meta.url,
    capabilities: leaseClaims,
    create: async () => {
      const world = new LogWorld();
      for (const app of APPLICATIONS)
        await world.createStream(`ctl-${app}`, streamConfig(app, 'CTL', { replicas: 3 }));
      const processes = new Map<DriverLease, { readonly link: FakeLink; readonly clock: PausableClock }>();
      const processOf = (lease: DriverLease) => {
        const process = processes.get(lease);
        if (process === undefined) throw new Error('a lease of another world');
        return process;
      };
      return {
        createLease: () => {
          const link = world.nats.connect();
          const clock = new PausableClock(world.clock);
          const inner = new NatsLease({
            links: new SharedLinks({ open: async () => link }, async () => undefined),
            clock,
            random: world.random,
            log: world.log,
            plan: (application) => streamConfig(application, 'CTL', { replicas: 3 }),
          });
          const lease: DriverLease = {
            reach: inner.reach,
            acquire: (request) => inner.acquire(request),
            // The kit waits for a release without letting time pass, and a release asks the servers.
            release: (options) => world.until(inner.release(options)),
          };
          processes.set(lease, { link, clock });
          return lease;
        },
        advance: (ms) => world.clock.advance(ms),
        kill: (lease) => {
          processOf(lease).clock.pause();
          processOf(lease).link.cutOff({ noticedMs: NOTICED_MS });
        },
        cutOff: (lease) => {
          const { link } = processOf(lease);
          link.cutOff({ noticedMs: NOTICED_MS });
          return () => link.restore();
        },
        pause: (lease) => processOf(lease).clock.pause(),
      };
    },
  },
);

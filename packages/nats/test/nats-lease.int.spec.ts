// The lease over three real servers: a takeover, an election that deposes nobody, and leaders off the machine of the driver.
import type { DriverTerm } from '@millrace/core/engine';
import { describe, expect } from 'vitest';
import { LeadersAway } from '../src/lease/leaders-away.ts';
import { NatsLease } from '../src/lease/nats-lease.ts';
import { SharedLinks } from '../src/link/shared-links.ts';
import { ownServerName } from '../src/link/own-server.ts';
import { streamConfig } from '../src/servers/stream-plan.ts';
import type { RealCluster } from './real-cluster.ts';
import { untilTrue } from './until-true.ts';
import { withCluster } from './with-cluster.ts';

async function drivers(cluster: RealCluster) {
  const application = cluster.random.id(8);
  const planned = streamConfig(application, 'CTL', { replicas: 3 });
  await cluster.createStream({ ...planned, max_bytes: 8 * 1024 * 1024 });
  const { clock, random, log } = cluster;
  return async (ownServer?: string) => {
    const link = await cluster.link();
    const links = new SharedLinks({ open: async () => link }, async () => undefined);
    const leaders = new LeadersAway({
      clock,
      log,
      streams: [planned.name],
      ownServer: async () => ownServer,
    });
    const lease = new NatsLease({ links, clock, random, log, plan: () => planned, leaders });
    const terms: DriverTerm[] = [];
    const { signal } = new AbortController();
    void lease.acquire({ application, signal, onStandby: () => undefined }).then(
      (term) => terms.push(term),
      () => undefined,
    );
    return { lease, link, terms };
  };
}

describe('a lease on three servers', () => {
  const { it } = withCluster(3);

  it('outlives an election, and goes to another driver after a death', async (cluster) => {
    const start = await drivers(cluster);
    const first = await start();
    await untilTrue(() => first.terms.length === 1);
    const second = await start();
    const [term] = first.terms;
    const api = await cluster.api();
    const info = await api.info(cluster.streamNames.at(-1) ?? '');
    const leader = cluster.server(info?.cluster?.leader);
    await leader.kill();
    await untilTrue(() => term?.isCertain === false);
    await untilTrue(() => term?.isCertain === true);
    await leader.restart();
    expect([term?.lost.aborted, second.terms.length]).toEqual([false, 0]);
    await first.link.close();
    await untilTrue(() => second.terms.length === 1);
    expect(second.terms[0]?.epoch).toBeGreaterThan(term?.epoch ?? 0);
    await second.lease.release({ handOver: true });
  });

  it('moves the leader of its stream off the machine of the driver', async (cluster) => {
    const start = await drivers(cluster);
    const api = await cluster.api();
    const leader = async () => (await api.info(cluster.streamNames.at(-1) ?? ''))?.cluster?.leader;
    const own = await leader();
    const driver = await start(own);
    await untilTrue(async () => (await leader().catch(() => own)) !== own);
    await untilTrue(() => driver.terms[0]?.isCertain === true);
    await driver.lease.release({ handOver: true });
  });

  it('finds the name of the server on this machine', async ({ servers: [first], clock }) => {
    const elsewhere = '192.0.2.1:4222';
    expect(await ownServerName([elsewhere, `127.0.0.1:${first?.port}`], { clock })).toBe('millrace-1');
  });
});

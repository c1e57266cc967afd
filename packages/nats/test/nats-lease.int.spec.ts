// The lease over three real servers: a takeover, and an election that deposes nobody.
import type { DriverTerm } from '@millrace/core/engine';
import { describe, expect } from 'vitest';
import { NatsLease } from '../src/lease/nats-lease.ts';
import { SharedLinks } from '../src/link/shared-links.ts';
import { streamConfig } from '../src/servers/stream-plan.ts';
import type { RealCluster } from './real-cluster.ts';
import { untilTrue } from './until-true.ts';
import { withCluster } from './with-cluster.ts';

async function drivers(cluster: RealCluster) {
  const planned = { ...streamConfig('app', 'CTL', { replicas: 3 }), name: `ML_${cluster.random.id(8)}_CTL` };
  await cluster.createStream({ ...planned, max_bytes: 8 * 1024 * 1024 });
  const { clock, random, log } = cluster;
  return async () => {
    const link = await cluster.link();
    const links = new SharedLinks({ open: async () => link }, async () => undefined);
    const lease = new NatsLease({ links, clock, random, log, plan: () => planned });
    const terms: DriverTerm[] = [];
    const { signal } = new AbortController();
    void lease.acquire({ application: 'app', signal, onStandby: () => undefined }).then(
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
});

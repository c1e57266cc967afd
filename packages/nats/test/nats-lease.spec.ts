// The lease over servers in memory: what the kit cannot see, because the kit knows no servers.
import type { DriverTerm } from '@millrace/core/engine';
import { describe, expect, it } from 'vitest';
import type { FakeJetStreamOptions } from '../src/fake/index.ts';
import { NatsLease } from '../src/lease/nats-lease.ts';
import { SharedLinks } from '../src/link/shared-links.ts';
import { clusterError } from '../src/cluster-errors.ts';
import { streamConfig } from '../src/servers/stream-plan.ts';
import { StreamApi } from '../src/streams/stream-api.ts';
import { LogWorld } from './log-world.ts';

const STREAM = 'ML_app_CTL';

async function world(servers: number, streams: FakeJetStreamOptions = {}) {
  const made = new LogWorld({ servers, streams });
  const planned = streamConfig('app', 'CTL', { replicas: servers });
  await made.createStream('app', planned);
  const driver = (server?: string) => {
    const link = made.nats.connect(server === undefined ? {} : { server });
    const lease = new NatsLease({
      links: new SharedLinks({ open: async () => link }, async () => undefined),
      clock: made.clock,
      random: made.random,
      log: made.log,
      plan: (application) => {
        if (application === 'app') return planned;
        throw clusterError('MR_CLUSTER_APP_NAME', 'another application');
      },
    });
    const holders: (string | undefined)[] = [];
    const terms: DriverTerm[] = [];
    const errors: unknown[] = [];
    const { signal } = new AbortController();
    const request = { application: 'app', signal, onStandby: (holder?: string) => void holders.push(holder) };
    void lease.acquire(request).then(
      (term) => terms.push(term),
      (error: unknown) => errors.push(error),
    );
    return { lease, link, holders, terms, errors };
  };
  return { made, driver, stream: made.streams.stream(STREAM) };
}

describe.each([1, 3])('a lease on %i servers', (servers) => {
  it('is kept although acknowledgements of renewals are lost', async () => {
    let count = 0;
    const losesAck = (subject: string) => subject === 'ml.app.ctl.lease' && count++ % 2 === 1;
    const { made, driver } = await world(servers, { losesAck });
    const [first, second] = [driver(), driver()];
    await made.clock.advance(60_000);
    expect([first.terms.length, second.terms.length]).toEqual([1, 0]);
    expect(first.terms[0]?.lost.aborted).toBe(false);
    expect(count).toBeGreaterThan(20);
  });

  it('has terms with rising numbers, those of the stream', async () => {
    const { made, driver, stream } = await world(servers);
    const first = driver();
    await made.clock.advance(3_000);
    const release = first.lease.release({ handOver: true });
    await made.until(release);
    const second = driver();
    await made.clock.advance(1_000);
    const [one = 0, two = 0] = [first.terms[0]?.epoch, second.terms[0]?.epoch];
    expect(one).toBe(1);
    expect(two).toBeGreaterThan(one);
    expect(two).toBeLessThanOrEqual(stream.info(stream.servers[0] ?? '').state.last_seq);
  });

  it('refuses another application, and a record that another version wrote', async () => {
    const { made, driver } = await world(servers);
    const api = new StreamApi(made.nats.connect(), 1_000);
    await made.until(api.append({ subject: 'ml.app.ctl.lease', data: Buffer.from('{"v":9}') }));
    const refused = driver();
    await made.clock.advance(1_000);
    expect(refused.errors[0]).toMatchObject({ code: 'MR_CLUSTER_FORMAT_UNSUPPORTED' });
    const { signal } = new AbortController();
    const other = { application: 'another', signal, onStandby: () => undefined };
    await expect(driver().lease.acquire(other)).rejects.toMatchObject({ code: 'MR_CLUSTER_APP_NAME' });
  });
});

describe('a lease on three servers', () => {
  it('is not taken during an election, however long', async () => {
    for (const electionMs of [4_000, 9_000]) {
      const { made, driver, stream } = await world(3, { electionMs: () => electionMs });
      const [first, second] = [driver('n2'), driver('n3')];
      await made.clock.advance(5_000);
      expect([first.terms.length, second.terms.length, second.holders.length]).toEqual([1, 0, 1]);
      made.nats.kill(stream.servers[0] ?? '');
      await made.clock.advance(4_000);
      expect(first.terms[0]?.isCertain).toBe(false);
      await made.clock.advance(20_000);
      expect([first.terms[0]?.lost.aborted, first.terms[0]?.isCertain]).toEqual([false, true]);
      expect([second.terms.length, second.errors]).toEqual([0, []]);
    }
  });

  it('begins with certainty also after an election', async () => {
    const { made, driver, stream } = await world(3, { electionMs: () => 9_000 });
    const [first, second] = [driver('n2'), driver('n3')];
    await made.clock.advance(3_000);
    first.link.cutOff({ noticedMs: 2_000 });
    await made.clock.advance(4_500);
    made.nats.kill(stream.servers[0] ?? '');
    for (let ms = 0; ms < 40_000 && second.terms.length === 0; ms += 50) await made.clock.advance(50);
    expect(second.terms[0]?.isCertain).toBe(true);
  });
});

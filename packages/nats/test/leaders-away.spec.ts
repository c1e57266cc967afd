// The leaders of a driver's streams over servers in memory: they are not on the machine of the driver in charge.
import { describe, expect, it } from 'vitest';
import { LeadersAway } from '../src/lease/leaders-away.ts';
import { NatsLease } from '../src/lease/nats-lease.ts';
import { SharedLinks } from '../src/link/shared-links.ts';
import { streamConfig } from '../src/servers/stream-plan.ts';
import { LogWorld } from './log-world.ts';

const STREAMS = ['ML_app_CTL', 'ML_app_META'];

async function world(streams: readonly string[] = STREAMS) {
  const made = new LogWorld({ servers: 3, streams: { electionMs: () => 1_000 } });
  const [ctl, meta] = [
    streamConfig('app', 'CTL', { replicas: 3 }),
    streamConfig('app', 'META', { replicas: 3 }),
  ];
  await made.createStream('ctl', ctl);
  await made.createStream('meta', meta);
  for (const name of STREAMS) made.streams.stream(name).elect('n1');
  const { clock, random, log, nats } = made;
  const driver = (server: string) => {
    const links = new SharedLinks({ open: async () => nats.connect({ server }) }, async () => undefined);
    const leaders = new LeadersAway({ clock, log, streams, ownServer: async () => server });
    return new NatsLease({ links, clock, random, log, plan: () => ctl, leaders });
  };
  const start = async (server: string) => {
    const lease = driver(server);
    const { signal } = new AbortController();
    const term = await made.until(lease.acquire({ application: 'app', signal, onStandby: () => undefined }));
    return { lease, term };
  };
  const leaders = () =>
    STREAMS.map((name) =>
      made.nats.servers.map((one) => made.streams.stream(name).leaderFor(one)).find(Boolean),
    );
  return { made, start, leaders };
}

describe('the leaders of decisions and lease', () => {
  it('are moved to one other server when a driver is in charge', async () => {
    const { made, start, leaders } = await world();
    expect(leaders()).toEqual(['n1', 'n1']);
    const { term } = await start('n1');
    await made.clock.advance(1_000);
    expect(leaders()).toEqual(['n2', 'n2']);
    await made.clock.advance(60_000);
    expect([leaders(), term.lost.aborted]).toEqual([['n2', 'n2'], false]);
  });

  it('stay where they are on other servers, and follow the other stream when one of them moves', async () => {
    const { made, start, leaders } = await world();
    made.streams.stream('ML_app_META').elect('n3');
    await start('n1');
    await made.clock.advance(1_000);
    expect(leaders()).toEqual(['n3', 'n3']);
  });

  it('are moved again after an election', async () => {
    const { made, start, leaders } = await world();
    await start('n1');
    await made.clock.advance(1_000);
    made.nats.kill('n2');
    await made.clock.advance(1_500);
    expect(leaders()).toContain('n1');
    await made.clock.advance(10_000);
    expect(leaders()).toEqual(['n3', 'n3']);
  });

  it('stay after the end of the term', async () => {
    const { made, start, leaders } = await world();
    const { lease } = await start('n2');
    await made.clock.advance(1_000);
    await made.until(lease.release({ handOver: true }));
    for (const name of STREAMS) made.streams.stream(name).elect('n2');
    await made.clock.advance(60_000);
    expect(leaders()).toEqual(['n2', 'n2']);
  });

  it('move without the stream of a log that is kept elsewhere', async () => {
    const { made, start, leaders } = await world(['ML_app_CTL', 'ML_app_absent']);
    await start('n1');
    await made.clock.advance(1_000);
    expect(leaders()).toEqual(['n2', 'n1']);
  });
});

// Sessions over servers in memory whose links break again and again: every question has its own answer, once.
import { ManualClock, MsgpackCodec, NoopLogger, SeededRandom } from '@millrace/core';
import { FakeNats } from '@millrace/nats/testing';
import type { PeerService } from '@millrace/remote';
import { describe, expect, it } from 'vitest';
import { SubjectSessions } from '../src/session/subject-sessions.ts';

function world(seed: number) {
  const clock = new ManualClock();
  const random = new SeededRandom(seed);
  const nats = new FakeNats({ clock, random, servers: 3, latencyMs: () => 1 + random.integer(5) });
  const codec = new MsgpackCodec();
  const links = [nats.connect({ server: 'n1' }), nats.connect({ server: 'n2' })] as const;
  const [one, two] = links.map(
    (link) => new SubjectSessions({ link, app: 'app', clock, random, codec, log: new NoopLogger() }),
  ) as [SubjectSessions, SubjectSessions];
  return { clock, random, nats, links, one, two };
}

const service = (answer: PeerService['answer']): PeerService => ({
  executorId: 'e',
  answer,
  unreachable: (kind) => new Error(`unreachable: ${kind}`),
  onClose: () => undefined,
});

describe('sessions over links that break', () => {
  it.each([1, 2, 3, 4])('answer every question once, with seed %i', async (seed) => {
    const { clock, random, nats, links, one, two } = world(seed);
    const [first, second] = one.pair();
    const served: unknown[] = [];
    const asker = one.adopt(
      first,
      service(async () => undefined),
    );
    two.adopt(
      second,
      service(async (_kind, request) => {
        served.push(request);
        return request;
      }),
    );
    const answers: Promise<unknown>[] = [];
    for (let n = 0; n < 400; n += 1) {
      answers.push(asker.ask('Echo', n));
      const chance = random.integer(40);
      if (chance === 0) links[0].drop();
      if (chance === 1) links[1].drop();
      if (chance === 2) nats.kill('n1');
      if (chance === 3) nats.restart('n1');
      if (chance === 4) nats.cut('n1', 'n2');
      if (chance === 5) nats.heal('n1', 'n2');
      await clock.advance(random.integer(60));
    }
    nats.restart('n1');
    nats.heal('n1', 'n2');
    await clock.advance(60_000);
    expect(await Promise.all(answers)).toEqual(Array.from({ length: 400 }, (_, n) => n));
    expect(served).toEqual(Array.from({ length: 400 }, (_, n) => n));
  });
});

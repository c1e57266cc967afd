import { ManualClock, SeededRandom } from '@millrace/core';
import { FakeNats } from '@millrace/nats/testing';
import { describe, expect, it } from 'vitest';
import { askAllServers } from './system-answers.ts';

interface FakeServer {
  readonly name: string;
  readonly cluster?: string;
  readonly jetstream?: boolean;
  readonly sync?: boolean;
}

/** A network whose servers answer the questions of system users; `active` is the number that each of them tells. */
function network(servers: readonly FakeServer[], active: number) {
  const clock = new ManualClock();
  const random = new SeededRandom(1);
  const nats = new FakeNats({ clock, random });
  const link = nats.connect();
  for (const { name, cluster = 'c', jetstream = true, sync = true } of servers) {
    const own = nats.connect();
    const server = { name, cluster, jetstream };
    const answer = (subject: string, content: object) =>
      own.subscribe(subject, ({ reply = '' }) => {
        own.publish(reply, Buffer.from(JSON.stringify({ server, ...content })));
      });
    answer('$SYS.REQ.SERVER.PING', { statsz: { active_servers: active } });
    const data = { server_name: name, version: '2.15.1', jetstream: { config: { sync_always: sync } } };
    answer('$SYS.REQ.SERVER.PING.VARZ', { data });
  }
  const ask = (least: number) =>
    askAllServers(link, { clock, random, inboxPrefix: '_INBOX', least, answerMs: 2_000 });
  return { clock, ask };
}

const names = ({ answers }: Awaited<ReturnType<typeof askAllServers>>) =>
  answers.map(({ varz }) => varz.server_name).toSorted();

describe('the question of a system user', () => {
  it('ends with the answers of all servers that the servers know, although the application names one', async () => {
    const { clock, ask } = network([{ name: 'a' }, { name: 'b' }, { name: 'c' }], 3);
    const asking = ask(1);
    await clock.advance(100);
    const answered = await asking;
    expect(names(answered)).toEqual(['a', 'b', 'c']);
    expect(answered).toMatchObject({ expected: 3 });
    expect(answered.answers[0]).toMatchObject({
      cluster: 'c',
      hasJetStream: true,
      varz: { version: '2.15.1', jetstream: { config: { sync_always: true } } },
    });
    expect(clock.pendingTimers).toBe(0);
  });

  it('waits two seconds for a server that the application names and that is silent', async () => {
    const { clock, ask } = network([{ name: 'a' }, { name: 'b' }], 2);
    let isOver = false;
    const asking = ask(3).finally(() => (isOver = true));
    await clock.advance(1_900);
    expect(isOver).toBe(false);
    await clock.advance(200);
    expect(names(await asking)).toEqual(['a', 'b']);
  });

  it('is refused for a user of another account, whom no server answers', async () => {
    const { clock, ask } = network([], 0);
    const asking = ask(3).catch((reason: unknown) => reason);
    await clock.advance(3_000);
    expect(await asking).toMatchObject({ code: 'MR_CLUSTER_SYNC_UNVERIFIED' });
  });
});

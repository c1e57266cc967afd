// Two servers that are cut off each other, and a third one that reaches both: links change their servers, and work goes on during the cut.
import { MsgpackCodec } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { ServerChanges } from '../src/link/server-changes.ts';
import { SubjectSessions } from '../src/session/subject-sessions.ts';
import { DecidedAppend } from '../src/streams/decided-append.ts';
import { StreamApi } from '../src/streams/stream-api.ts';
import { LogWorld } from './log-world.ts';

describe('servers that are cut off each other', () => {
  it('do not keep a writer from the leader of its stream', async () => {
    const world = new LogWorld();
    const { nats, streams, clock, log } = world;
    const stream = await world.createStream();
    streams.stream(stream).elect('n3');
    const link = nats.connect({ server: 'n1' });
    const append = new DecidedAppend({ api: new StreamApi(link, 1_000), clock, log, attemptMs: 1_000 });
    nats.cut('n1', 'n3');
    const message = { stream, subject: 'ml.test.log', id: 'one', data: Buffer.from('data') };
    expect(await world.until(append.append(message), 10_000)).toMatchObject({ kind: 'stored' });
    expect(link.serverName).toBe('n2');
  });

  it('do not keep a partner that speaks every second from being heard', async () => {
    const { nats, clock } = new LogWorld();
    const [driver, host] = [nats.connect({ server: 'n1' }), nats.connect({ server: 'n3' })];
    const changes = new ServerChanges({ clock, link: host });
    let heard = 0;
    host.subscribe('beat', () => {
      heard += 1;
      changes.heard();
    });
    const beat = (): void => {
      driver.publish('beat', new Uint8Array(0));
      clock.after(1_000, beat);
    };
    beat();
    await clock.advance(5_000);
    expect([heard, host.serverName]).toEqual([6, 'n3']);
    nats.cut('n1', 'n3');
    await clock.advance(8_000);
    expect(heard).toBeGreaterThan(8);
    const server = host.serverName;
    await clock.advance(60_000);
    expect([server === 'n3', host.serverName]).toEqual([false, server]);
    changes.stop();
  });

  it('are left a few times only when the partner is gone', async () => {
    const { nats, clock } = new LogWorld();
    const link = nats.connect({ server: 'n1' });
    let breaks = 0;
    link.onConnection((isConnected) => (breaks += isConnected ? 0 : 1));
    const changes = new ServerChanges({ clock, link });
    await clock.advance(60_000);
    expect(breaks).toBe(0);
    changes.heard();
    await clock.advance(60_000);
    expect(breaks).toBe(5);
    changes.heard();
    await clock.advance(4_000);
    expect(breaks).toBe(6);
    changes.stop();
  });

  it('do not hold up a session whose one side changes its server', async () => {
    const { nats, clock, random, log } = new LogWorld();
    const codec = new MsgpackCodec();
    const sessions = (server: string) => {
      const link = nats.connect({ server });
      return { link, made: new SubjectSessions({ link, app: 'app', clock, random, codec, log }) };
    };
    const [driver, executor] = [sessions('n1'), sessions('n3')];
    const changes = new ServerChanges({ clock, link: executor.link });
    const there = driver.made.open({ session: 's', side: 'a' });
    const here = executor.made.open({ session: 's', side: 'b' }, () => changes.heard());
    const taken: unknown[] = [];
    there.onMessage((message) => taken.push(message));
    here.onMessage(() => undefined);
    let sent = 0;
    const beat = (): void => {
      here.post(sent++);
      clock.after(1_000, beat);
    };
    beat();
    await clock.advance(2_500);
    nats.cut('n1', 'n3');
    await clock.advance(10_000);
    expect(taken).toEqual(Array.from({ length: 13 }, (_, index) => index));
    changes.stop();
  });
});

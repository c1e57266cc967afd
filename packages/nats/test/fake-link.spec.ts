import { ManualClock, SeededRandom } from '@millrace/core';
import { RecordingLogger } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { FakeNats } from '../src/fake/index.ts';
import { linkRules } from './link-rules.ts';
import { PausableClock } from './pausable-clock.ts';

const bytes = (content: string): Uint8Array => Buffer.from(content);

interface Settings {
  readonly servers?: number;
  readonly latencyMs?: () => number;
}

function world(settings: Settings = {}) {
  const clock = new ManualClock();
  const random = new SeededRandom(1);
  const log = new RecordingLogger();
  return { clock, log, nats: new FakeNats({ clock, random, log, ...settings }) };
}

for (const latencyMs of [0, 3]) {
  linkRules(`FakeLink with a latency of ${latencyMs} ms`, async () => {
    const { clock, log, nats } = world({ servers: 2, latencyMs: () => latencyMs });
    const [one, other] = [nats.connect(), nats.connect({ server: 'n2' })];
    return {
      one,
      other,
      breakOne: async () => one.drop(),
      until: async (isTrue) => {
        for (let step = 0; !isTrue() && step < 1_000; step += 1) await clock.advance(1);
        expect(isTrue()).toBe(true);
      },
      later: (ms) => clock.advance(ms),
      errors: () => log.messages('error'),
      end: async () => {
        await Promise.all([one.close(), other.close(), clock.advance(10)]);
      },
    };
  });
}

describe('FakeNats', () => {
  it('keeps the order of messages whatever their delays', async () => {
    const random = new SeededRandom(7);
    const { clock, nats } = world({ latencyMs: () => random.integer(3) * 5 });
    const [one, other] = [nats.connect(), nats.connect()];
    const taken: number[] = [];
    other.subscribe('s', ({ data }) => taken.push(data[0] ?? -1));
    for (let i = 0; i < 50; i += 1) {
      one.publish('s', Uint8Array.of(i));
      if (i % 7 === 0) await clock.advance(random.integer(4));
    }
    await clock.advance(100);
    expect(taken).toEqual(Array.from({ length: 50 }, (_, i) => i));
  });

  it('loses what was published during a break, and tells so', async () => {
    const { clock, nats } = world();
    const [one, other] = [nats.connect(), nats.connect()];
    const taken: string[] = [];
    other.subscribe('s', ({ data }) => taken.push(Buffer.from(data).toString()));
    // On the way while the connection breaks: the sender cannot know.
    expect(one.publish('s', bytes('on the way'))).toBe(true);
    one.drop();
    expect(one.publish('s', bytes('broken'))).toBe(false);
    await clock.advance(50);
    expect(one.publish('s', bytes('again'))).toBe(true);
    await clock.advance(0);
    expect(taken).toEqual(['again']);
  });

  it('a link that is cut off notices later, and sends into nothing until then', async () => {
    const { clock, nats } = world();
    const [one, other] = [nats.connect(), nats.connect()];
    const taken: string[] = [];
    const heard: string[] = [];
    other.subscribe('to', ({ data }) => taken.push(Buffer.from(data).toString()));
    one.subscribe('from', ({ data }) => heard.push(Buffer.from(data).toString()));
    one.cutOff({ noticedMs: 2_000 });
    expect(one.publish('to', bytes('lost'))).toBe(true);
    other.publish('from', bytes('lost'));
    await clock.advance(1_999);
    expect(one.isConnected).toBe(true);
    await clock.advance(1);
    expect(one.isConnected).toBe(false);
    await clock.advance(10_000);
    expect(one.isConnected).toBe(false);
    one.restore();
    await clock.advance(50);
    one.publish('to', bytes('back'));
    other.publish('from', bytes('back'));
    await clock.advance(0);
    expect([taken, heard]).toEqual([['back'], ['back']]);
  });

  it.each([
    ['in', ['to'], []],
    ['out', [], ['from']],
  ] as const)(
    'a link that is cut off in the direction %s loses only what goes that way',
    async (way, arrives, heard) => {
      const { clock, nats } = world();
      const [one, other] = [nats.connect(), nats.connect()];
      const taken: string[] = [];
      const got: string[] = [];
      other.subscribe('to', ({ subject }) => taken.push(subject));
      one.subscribe('from', ({ subject }) => got.push(subject));
      one.cutOff({ noticedMs: 2_000, way });
      one.publish('to', bytes(''));
      other.publish('from', bytes(''));
      await clock.advance(2_000);
      expect([taken, got, one.isConnected]).toEqual([arrives, heard, false]);
    },
  );

  it('a link whose process is paused hears messages, and of the death of its server, afterwards', async () => {
    const { clock, nats } = world({ servers: 2, latencyMs: () => 1 });
    const own = new PausableClock(clock);
    const [one, other] = [nats.connect({ clock: own }), nats.connect({ server: 'n2' })];
    const heard: string[] = [];
    const taken: string[] = [];
    one.subscribe('from', ({ data }) => heard.push(Buffer.from(data).toString()));
    other.subscribe('to', ({ data }) => taken.push(Buffer.from(data).toString()));
    one.publish('to', bytes('sent before'));
    const goOn = own.pause();
    other.publish('from', bytes('meanwhile'));
    await clock.advance(5_000);
    expect([heard, taken]).toEqual([[], ['sent before']]);
    goOn();
    expect(heard).toEqual(['meanwhile']);
    const again = own.pause();
    nats.kill('n1');
    await clock.advance(5_000);
    expect(one.isConnected).toBe(true);
    again();
    expect(one.isConnected).toBe(false);
    await clock.advance(50);
    expect(one.server.name).toBe('n2');
  });

  it('a link that was cut off while its server died connects to another one after the cut', async () => {
    const { clock, nats } = world({ servers: 2 });
    const one = nats.connect();
    one.cutOff({ noticedMs: 2_000 });
    nats.kill('n1');
    nats.restart('n1');
    one.restore();
    expect(one.isConnected).toBe(false);
    await clock.advance(50);
    expect(one.isConnected).toBe(true);
  });

  it('the last messages of a dead process arrive', async () => {
    const { clock, nats } = world({ latencyMs: () => 5 });
    const [other, dead] = [nats.connect(), nats.connect()];
    const taken: string[] = [];
    other.subscribe('s', ({ data }) => taken.push(Buffer.from(data).toString()));
    dead.publish('s', bytes('last'));
    dead.die();
    await clock.advance(20);
    expect(taken).toEqual(['last']);
  });

  it('a message waits in a server that stands still, also when its link has gone to another server', async () => {
    const { clock, nats } = world({ servers: 2 });
    const [one, other] = [nats.connect(), nats.connect({ server: 'n2' })];
    const taken: string[] = [];
    other.subscribe('s', ({ data }) => taken.push(Buffer.from(data).toString()));
    nats.pause('n1', { noticedMs: 2_000 });
    one.publish('s', bytes('late'));
    await clock.advance(1_999);
    expect(one.isConnected).toBe(true);
    await clock.advance(51);
    expect(one.server.name).toBe('n2');
    one.publish('s', bytes('early'));
    await clock.advance(5_000);
    expect(taken).toEqual(['early']);
    nats.resume('n1');
    await clock.advance(0);
    expect(taken).toEqual(['early', 'late']);
  });

  it('links of a killed server connect to another one; a message over a cut is lost', async () => {
    const { clock, nats } = world({ servers: 3 });
    const one = nats.connect({ server: 'n1' });
    const other = nats.connect({ server: 'n2' });
    const taken: string[] = [];
    other.subscribe('s', ({ data }) => taken.push(Buffer.from(data).toString()));
    nats.cut('n1', 'n2');
    one.publish('s', bytes('over the cut'));
    await expect(one.request('s', bytes('?'), { timeoutMs: 1_000 })).rejects.toMatchObject({
      details: { reason: 'no-responders' },
    });
    nats.kill('n1');
    expect(one.isConnected).toBe(false);
    await clock.advance(50);
    expect(one.server.name).toBe('n2');
    one.publish('s', bytes('on one server'));
    await clock.advance(0);
    nats.restart('n1');
    nats.kill('n2');
    await clock.advance(50);
    expect([one.server.name, other.server.name]).toEqual(['n1', 'n1']);
    expect(taken).toEqual(['on one server']);
  });
});

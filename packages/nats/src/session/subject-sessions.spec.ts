import { ManualClock, MsgpackCodec, SeededRandom } from '@millrace/core';
import type { PeerService } from '@millrace/remote';
import { RecordingLogger, settle } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { SESSION_LIMITS } from './session-limits.ts';
import { SubjectSessions, type SubjectLink } from './subject-sessions.ts';

/** Subjects in memory. */
class Subjects implements SubjectLink {
  readonly published: string[] = [];
  /** False: messages vanish. */
  isUp = true;
  readonly #takers = new Map<string, Set<(message: never) => void>>();

  publish(subject: string, data: Uint8Array): boolean {
    this.published.push(subject);
    if (!this.isUp) return false;
    queueMicrotask(() => {
      for (const take of this.#takers.get(subject) ?? []) take({ subject, data } as never);
    });
    return true;
  }

  subscribe(subject: string, take: (message: never) => void) {
    const takers = this.#takers.get(subject) ?? new Set();
    this.#takers.set(subject, takers.add(take));
    return {
      unsubscribe: () => {
        takers.delete(take);
        if (takers.size === 0) this.#takers.delete(subject);
      },
    };
  }

  get subscribed(): readonly string[] {
    return [...this.#takers.keys()].toSorted();
  }
}

function sessions(limits = SESSION_LIMITS) {
  const link = new Subjects();
  const clock = new ManualClock();
  const log = new RecordingLogger();
  const make = (seed: number) =>
    new SubjectSessions({
      link,
      app: 'app',
      clock,
      random: new SeededRandom(seed),
      codec: new MsgpackCodec(),
      log,
      limits,
    });
  return { link, clock, log, one: make(1), two: make(2) };
}

describe('sessions over subjects', () => {
  it('carry messages with attachments, on one subject for each side', async () => {
    const { link, one, two } = sessions();
    const [first, second] = one.pair();
    const taken: unknown[] = [];
    const a = one.open(first);
    two.open(second).onMessage((message, attachment) => taken.push([message, attachment]));
    a.post({ text: 'hello', bytes: new Uint8Array([1, 2]), missing: undefined });
    a.postWith({ type: 'peer' }, first);
    await settle();
    expect(taken).toEqual([
      [{ text: 'hello', bytes: new Uint8Array([1, 2]), missing: undefined }, undefined],
      [{ type: 'peer' }, first],
    ]);
    expect(new Set(link.published)).toEqual(
      new Set(['a', 'b'].map((side) => `ml.app.s.${second.session}.${side}`)),
    );
  });

  it('deliver messages that were posted before the other side listened, without a wait', async () => {
    const { clock, one, two } = sessions();
    const [first, second] = one.pair();
    const a = one.open(first);
    a.onMessage(() => undefined);
    a.post('early');
    await clock.advance(1_001);
    const taken: unknown[] = [];
    two.open(second).onMessage((message) => taken.push(message));
    await settle();
    expect(taken).toEqual(['early']);
  });

  it('end on the other side too when the frame of the end was lost', async () => {
    const { link, clock, one, two } = sessions();
    const [first, second] = one.pair();
    const [a, b] = [one.open(first), two.open(second)];
    let closed = 0;
    for (const end of [a, b]) end.onMessage(() => undefined);
    b.onClose(() => (closed += 1));
    link.isUp = false;
    a.close();
    await settle();
    link.isUp = true;
    expect(closed).toBe(0);
    b.post('anybody there?');
    await settle();
    expect([closed, one.liveCount, two.liveCount]).toEqual([1, 0, 0]);
    await clock.advance(60_000);
    expect([link.subscribed, clock.pendingTimers]).toEqual([[], 0]);
  });

  it('keep the subjects of the last 1,024 ended sessions', () => {
    const { link, one } = sessions();
    for (let n = 0; n < 1_100; n += 1) one.open(one.pair()[0]).close();
    expect(link.subscribed).toHaveLength(1_024);
    one.close();
    expect(link.subscribed).toEqual([]);
  });

  it('refuse a message that is longer than the queue, and live on', async () => {
    const { one, two } = sessions({ ...SESSION_LIMITS, queueBytes: 1_000 });
    const [first, second] = one.pair();
    const a = one.open(first);
    const taken: unknown[] = [];
    two.open(second).onMessage((message) => taken.push(message));
    expect(() => a.post('x'.repeat(2_000))).toThrow(
      expect.objectContaining({ code: 'MR_CLUSTER_BODY_TOO_LARGE' }),
    );
    expect(() => a.post(() => undefined)).toThrow(
      expect.objectContaining({ code: 'MR_CODEC_UNSUPPORTED_VALUE' }),
    );
    a.post('short');
    await settle();
    expect(taken).toEqual(['short']);
  });

  it('report too many waiting bytes', async () => {
    const { log, link, one } = sessions({ ...SESSION_LIMITS, queueBytes: 1_000 });
    const [first] = one.pair();
    const a = one.open(first);
    let isClosed = false;
    a.onClose(() => (isClosed = true));
    link.isUp = false;
    for (let n = 0; n < 3; n += 1) a.post('x'.repeat(400));
    await settle();
    expect(isClosed).toBe(true);
    expect(log.lines).toMatchObject([
      { message: 'a session was closed', fields: { ...first, end: 'overflow' } },
    ]);
  });

  it.each([undefined, {}, { session: 'a.b', side: 'a' }, { session: 'x', side: 'c' }])(
    'adopt no attachment %j',
    (attachment) => {
      const { one } = sessions();
      expect(() => one.adopt(attachment, {} as PeerService)).toThrow(
        expect.objectContaining({ code: 'MR_CLUSTER_NO_SESSION' }),
      );
    },
  );
});

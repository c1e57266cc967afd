// The rules of a link, for the fake and for real servers: one text of tests for both.
import { isMillraceError } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import type { NatsLink, LinkMessage } from '../src/index.ts';

/** Two links to the same servers. */
export interface LinkPair {
  readonly one: NatsLink;
  readonly other: NatsLink;
  /** Breaks the connection of `one`, which connects again. */
  readonly breakOne: () => Promise<void>;
  /** Lets time pass until `isTrue`. */
  readonly until: (isTrue: () => boolean) => Promise<void>;
  /** Lets so many milliseconds pass. */
  readonly later: (ms: number) => Promise<void>;
  /** Lines that the links logged as errors. */
  readonly errors: () => readonly string[];
  readonly end: () => Promise<void>;
}

/** Skips a test, with the reason. */
export type Skip = (reason?: string) => never;

/** Defines the tests. `open` skips a test without servers. */
export function linkRules(name: string, open: (skip: Skip) => Promise<LinkPair>): void {
  const pair = async (skip: Skip, use: (pair: LinkPair) => Promise<void>): Promise<void> => {
    const links = await open(skip);
    try {
      await use(links);
    } finally {
      await links.end();
    }
  };
  const text = ({ data }: LinkMessage): string => Buffer.from(data).toString();
  const bytes = (content: string): Uint8Array => Buffer.from(content);

  // oxlint-disable-next-line vitest/valid-title -- the title names the link.
  describe(name, () => {
    it('messages of one subject arrive in order, with subject and headers', ({ skip }) =>
      pair(skip, async ({ one, other, until }) => {
        const taken: LinkMessage[] = [];
        other.subscribe('rules.order.*', (message) => taken.push(message));
        await ready(other, until);
        for (let i = 0; i < 100; i += 1) one.publish(`rules.order.${i % 3}`, bytes(String(i)));
        one.publish('rules.order.last', bytes(''), {
          reply: 'rules.answer',
          headers: { Kind: 'a b', 'Ml-V': '1' },
        });
        await until(() => taken.length === 101);
        expect(taken.slice(0, 100).map(text)).toEqual(Array.from({ length: 100 }, (_, i) => String(i)));
        expect(taken[100]).toMatchObject({
          subject: 'rules.order.last',
          reply: 'rules.answer',
          headers: { Kind: 'a b', 'Ml-V': '1' },
        });
      }));

    it('a link receives its own messages, and nothing after unsubscribe', ({ skip }) =>
      pair(skip, async ({ one, until }) => {
        const taken: string[] = [];
        const subscription = one.subscribe('rules.own', (message) => taken.push(text(message)));
        one.publish('rules.own', bytes('first'));
        await until(() => taken.length === 1);
        subscription.unsubscribe();
        subscription.unsubscribe();
        const later: string[] = [];
        one.subscribe('rules.own', (message) => later.push(text(message)));
        one.publish('rules.own', bytes('second'));
        await until(() => later.length === 1);
        expect(taken).toEqual(['first']);
      }));

    it('a request gets the first answer', ({ skip }) =>
      pair(skip, async ({ one, other, until }) => {
        other.subscribe('rules.echo', ({ data, reply = '' }) => {
          other.publish(reply, data, { headers: { From: 'other' } });
          other.publish(reply, bytes('late'));
        });
        await ready(other, until);
        const asked = ['a', 'b', 'c'].map((content) =>
          one.request('rules.echo', bytes(content), { timeoutMs: 5_000 }),
        );
        const answers = await valueOf(Promise.all(asked), until);
        expect(answers.map(text)).toEqual(['a', 'b', 'c']);
        expect(answers[0]?.headers).toEqual({ From: 'other' });
      }));

    it('a request that nobody takes is rejected at once', ({ skip }) =>
      pair(skip, async ({ one, until }) => {
        const asked = one.request('rules.nobody', bytes('?'), { timeoutMs: 60_000 });
        const error = await errorOf(asked, until);
        expect(isMillraceError(error, 'MR_CLUSTER_UNANSWERED') && error.details).toEqual({
          subject: 'rules.nobody',
          reason: 'no-responders',
        });
      }));

    it('a request without an answer ends with its time', ({ skip }) =>
      pair(skip, async ({ one, other, until }) => {
        other.subscribe('rules.silent', () => undefined);
        await ready(other, until);
        const error = await errorOf(one.request('rules.silent', bytes('?'), { timeoutMs: 100 }), until);
        expect(isMillraceError(error, 'MR_CLUSTER_UNANSWERED') && error.details['reason']).toBe('time-out');
      }));

    it('a subscriber that throws is logged and hears the next message', ({ skip }) =>
      pair(skip, async ({ one, until, errors }) => {
        const taken: string[] = [];
        one.subscribe('rules.throws', (message) => {
          taken.push(text(message));
          throw new Error('a mistake');
        });
        one.publish('rules.throws', bytes('first'));
        one.publish('rules.throws', bytes('second'));
        await until(() => taken.length === 2);
        const error = await errorOf(one.request('rules.nobody', bytes('?'), { timeoutMs: 5_000 }), until);
        expect(error).toMatchObject({ details: { reason: 'no-responders' } });
        expect(errors()).toEqual(['a subscriber failed', 'a subscriber failed']);
      }));

    it('after a break the subscriptions work again, and open requests are rejected', ({ skip }) =>
      pair(skip, async ({ one, other, breakOne, until }) => {
        const states: boolean[] = [];
        const taken: string[] = [];
        const end = one.onConnection((isConnected) => states.push(isConnected));
        one.subscribe('rules.again', (message) => taken.push(text(message)));
        other.subscribe('rules.silent', () => undefined);
        await ready(other, until);
        let error: unknown;
        void one
          .request('rules.silent', bytes('?'), { timeoutMs: 60_000 })
          .catch((e: unknown) => (error = e));
        await breakOne();
        await until(() => states.length === 2);
        expect(isMillraceError(error, 'MR_CLUSTER_UNANSWERED') && error.details['reason']).toBe(
          'disconnected',
        );
        expect([states, one.isConnected]).toEqual([[false, true], true]);
        await ready(one, until);
        other.publish('rules.again', bytes('after'));
        await until(() => taken.length === 1);
        end();
      }));

    it('a link that changes its server keeps its subscriptions, and rejects open requests', ({ skip }) =>
      pair(skip, async ({ one, other, later, until }) => {
        const taken: string[] = [];
        one.subscribe('rules.moved', (message) => taken.push(text(message)));
        other.subscribe('rules.silent', () => undefined);
        await ready(other, until);
        const states: boolean[] = [];
        one.onConnection((isConnected) => states.push(isConnected));
        await later(2_000);
        const open = one.request('rules.silent', bytes('?'), { timeoutMs: 60_000 });
        one.changeServer();
        // Several users of a link may ask at once.
        one.changeServer();
        expect(await errorOf(open, until)).toMatchObject({ details: { reason: 'disconnected' } });
        await until(() => states.length === 2);
        await ready(one, until);
        other.publish('rules.moved', bytes('after'));
        await until(() => taken.length === 1);
        expect(states).toEqual([false, true]);
      }));

    it('a message above max_payload is refused and not sent', ({ skip }) =>
      pair(skip, async ({ one }) => {
        const large = new Uint8Array(one.server.maxPayload - 10);
        expect(() => one.publish('rules.large', large, { headers: { Kind: 'a' } })).toThrow(
          /expected a message of at most \d+ bytes on rules.large, got \d+/,
        );
        const tooLarge = new Uint8Array(one.server.maxPayload + 1);
        await expect(one.request('rules.large', tooLarge, { timeoutMs: 1 })).rejects.toMatchObject({
          code: 'MR_CLUSTER_MESSAGE_TOO_LARGE',
        });
        expect(one.isConnected).toBe(true);
      }));

    it('a closed link has sent everything and refuses more', ({ skip }) =>
      pair(skip, async ({ one, other, until }) => {
        const taken: string[] = [];
        other.subscribe('rules.last', (message) => taken.push(text(message)));
        other.subscribe('rules.silent', () => undefined);
        await ready(other, until);
        const open = one.request('rules.silent', bytes('?'), { timeoutMs: 60_000 }).catch((e: unknown) => e);
        one.publish('rules.last', bytes('kept'));
        await valueOf(Promise.all([one.close(), one.close()]), until);
        await until(() => taken.length === 1);
        expect(isMillraceError(await open, 'MR_CLUSTER_LINK_CLOSED')).toBe(true);
        expect(() => one.publish('rules.last', bytes('late'))).toThrow(/connection to NATS is closed/);
        expect(() => one.subscribe('rules.last', () => undefined)).toThrow(/connection to NATS is closed/);
        await expect(one.request('rules.last', bytes(''), { timeoutMs: 1 })).rejects.toMatchObject({
          code: 'MR_CLUSTER_LINK_CLOSED',
        });
        expect(one.isConnected).toBe(false);
      }));

    it('subjects with wildcards and white space are refused', ({ skip }) =>
      pair(skip, async ({ one }) => {
        expect(() => one.publish('rules.*', bytes(''))).toThrow(TypeError);
        expect(() => one.publish('rules', bytes(''), { reply: 'a b' })).toThrow(TypeError);
        expect(() => one.subscribe('rules.>.a', () => undefined)).toThrow(TypeError);
      }));
  });
}

/** Resolves when the servers know the subscriptions of a link: a message to itself has come back. */
async function ready(link: NatsLink, until: LinkPair['until']): Promise<void> {
  let isBack = false;
  const probe = link.subscribe('rules.ready', () => (isBack = true));
  link.publish('rules.ready', new Uint8Array(0));
  await until(() => isBack);
  probe.unsubscribe();
}

async function valueOf<Value>(promise: Promise<Value>, until: LinkPair['until']): Promise<Value> {
  let isSettled = false;
  const settled = () => (isSettled = true);
  promise.then(settled, settled);
  await until(() => isSettled);
  return promise;
}

function errorOf(promise: Promise<unknown>, until: LinkPair['until']): Promise<unknown> {
  const error = promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return valueOf(error, until);
}

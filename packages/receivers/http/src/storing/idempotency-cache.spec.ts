import { ManualClock } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { problemFrom } from '../../test/payloads.ts';
import { IdempotencyCache } from './idempotency-cache.ts';
import type { Receipt } from './submission.ts';

const RECEIPT: Receipt = { accepted: 3, skipped: 0, rejected: [] };

function cacheOf(options: { maxKeys?: number; ttlMs?: number } = {}) {
  const clock = new ManualClock();
  const cache = new IdempotencyCache({
    clock,
    idempotencyMaxKeys: options.maxKeys ?? 10,
    idempotencyTtlMs: options.ttlMs ?? 1_000,
  });
  let submitted = 0;
  /** Sends a request with this key; returns true for a newly stored request. */
  const send = async (
    key: string,
    fingerprint = 'body',
    outcome: Promise<Receipt> = Promise.resolve(RECEIPT),
  ) => {
    const { receipt, isReplay } = cache.once(key, fingerprint, () => {
      submitted += 1;
      return outcome;
    });
    return { receipt: await receipt, isReplay };
  };
  return { cache, clock, send, submittedCount: () => submitted };
}

describe('IdempotencyCache', () => {
  it('answers a known key without submitting again', async () => {
    const { send, submittedCount } = cacheOf();
    expect(await send('a')).toEqual({ receipt: RECEIPT, isReplay: false });
    expect(await send('a')).toEqual({ receipt: RECEIPT, isReplay: true });
    expect(submittedCount()).toBe(1);
  });

  it('makes the second request wait for the outcome of the first', async () => {
    const { send, submittedCount } = cacheOf();
    const outcome = Promise.withResolvers<Receipt>();
    const both = Promise.all([send('a', 'body', outcome.promise), send('a')]);
    outcome.resolve(RECEIPT);
    expect((await both).map(({ isReplay }) => isReplay)).toEqual([false, true]);
    expect(submittedCount()).toBe(1);
  });

  it('frees a key whose request failed, for all waiting requests', async () => {
    const { send, submittedCount } = cacheOf();
    const outcome = Promise.withResolvers<Receipt>();
    const both = Promise.allSettled([send('a', 'body', outcome.promise), send('a')]);
    outcome.reject(new Error('503'));
    expect((await both).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await send('a')).toMatchObject({ isReplay: false });
    expect(submittedCount()).toBe(2);
  });

  it('remembers nothing of a body that was refused at once', async () => {
    const { cache, send } = cacheOf();
    const refuse = () => {
      throw new Error('400');
    };
    expect(() => cache.once('a', 'body', refuse)).toThrow('400');
    expect(await send('a')).toMatchObject({ isReplay: false });
  });

  it('refuses a key with another body, in flight and afterwards', async () => {
    const { cache, send } = cacheOf();
    const outcome = Promise.withResolvers<Receipt>();
    const first = send('a', 'body', outcome.promise);
    const again = () => cache.once('a', 'other', () => expect.unreachable());
    expect(problemFrom(again).code).toBe('MR_HTTP_KEY_REUSED');
    outcome.resolve(RECEIPT);
    await first;
    expect(problemFrom(again).code).toBe('MR_HTTP_KEY_REUSED');
  });

  it('drops the oldest key beyond its bound', async () => {
    const { cache, send } = cacheOf({ maxKeys: 2 });
    for (const key of ['a', 'b', 'c']) await send(key);
    expect(cache.size).toBe(2);
    expect(await send('b')).toMatchObject({ isReplay: true });
    expect(await send('a')).toMatchObject({ isReplay: false });
  });

  it('drops a key after its time', async () => {
    const { cache, clock, send } = cacheOf({ ttlMs: 100 });
    await send('a');
    await clock.advance(60);
    await send('b');
    await clock.advance(40);
    expect(await send('b')).toMatchObject({ isReplay: true });
    expect(cache.size).toBe(1);
    expect(await send('a')).toMatchObject({ isReplay: false });
  });

  it('joins requests in flight with a bound of zero keys', async () => {
    const { cache, send } = cacheOf({ maxKeys: 0 });
    const outcome = Promise.withResolvers<Receipt>();
    const both = Promise.all([send('a', 'body', outcome.promise), send('a')]);
    outcome.resolve(RECEIPT);
    expect((await both)[1]).toMatchObject({ isReplay: true });
    expect(cache.size).toBe(0);
  });

  it('drops the oldest keys beyond its bound for reports about rejected records', async () => {
    const { cache, clock, send } = cacheOf({ maxKeys: 100, ttlMs: 1_000 });
    const issues = [{ path: 'p'.repeat(1_000), message: 'm'.repeat(1_000_000) }];
    const large: Receipt = { accepted: 1, skipped: 0, rejected: [{ index: 0, issues }] };
    await send('small');
    for (let i = 0; i < 20; i += 1) await send(`large ${i}`, 'body', Promise.resolve(large));
    expect(cache.size).toBe(8);
    expect(await send('large 19')).toMatchObject({ isReplay: true, receipt: large });
    await clock.advance(1_000);
    for (let i = 0; i < 8; i += 1) await send(`later ${i}`, 'body', Promise.resolve(large));
    expect(cache.size).toBe(8);
  });
});

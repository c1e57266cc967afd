import { describe, expect, it } from 'vitest';
import { unanswered } from '../link/requests.ts';
import { askAgain } from './ask-again.ts';

/** A question with the first answers missing; returns the waits of its attempts. */
async function waitsOf(missing: number, mostMs: number, reason: 'time-out' | 'no-leader' = 'time-out') {
  const waits: number[] = [];
  const answer = await askAgain(async (timeoutMs) => {
    waits.push(timeoutMs);
    if (waits.length <= missing) throw unanswered('subject', reason);
    return 'answer';
  }, mostMs).catch((error: unknown) => (error as Error & { code: string }).code);
  return { waits, answer };
}

describe('askAgain', () => {
  it.each([
    [0, 5_000, [1_000], 'answer'],
    [1, 5_000, [1_000, 1_000], 'answer'],
    [4, 5_000, [1_000, 1_000, 2_000, 2_000, 5_000], 'answer'],
    [5, 5_000, [1_000, 1_000, 2_000, 2_000, 5_000], 'MR_CLUSTER_UNANSWERED'],
    [2, 1_500, [1_000, 1_000, 1_500], 'answer'],
    [1, 1_000, [1_000], 'MR_CLUSTER_UNANSWERED'],
  ])(
    'waits longer with each of %i missing answers, at most %i ms',
    async (missing, mostMs, waits, answer) => {
      expect(await waitsOf(missing, mostMs)).toEqual({ waits, answer });
    },
  );

  it('leaves an answer without a leader to the caller', async () => {
    expect(await waitsOf(1, 5_000, 'no-leader')).toEqual({ waits: [1_000], answer: 'MR_CLUSTER_UNANSWERED' });
  });
});

import { describe, expect, it } from 'vitest';
import { recordsPayload } from '../bodies/payload.ts';
import { Submission } from './submission.ts';

describe('Submission', () => {
  it('is safe when its last piece is acknowledged, and not before (REC-1)', async () => {
    const submission = new Submission(recordsPayload([1, 2], { skippedCount: 3 }));
    let isSafe = false;
    void submission.receipt.then(() => (isSafe = true));
    submission.acknowledge();
    await Promise.resolve();
    expect(isSafe).toBe(false);
    submission.acknowledge();
    expect(await submission.receipt).toEqual({ accepted: 2, skipped: 3, rejected: [] });
  });

  it('is safe at once when there is nothing to store', async () => {
    expect(await new Submission(recordsPayload([])).receipt).toEqual({
      accepted: 0,
      skipped: 0,
      rejected: [],
    });
  });

  it('keeps its first outcome', async () => {
    const failed = new Submission(recordsPayload([1]));
    failed.fail(new Error('no'));
    failed.acknowledge();
    await expect(failed.receipt).rejects.toThrow('no');
    const safe = new Submission(recordsPayload([1]));
    safe.acknowledge();
    safe.fail(new Error('no'));
    expect(await safe.receipt).toEqual({ accepted: 1, skipped: 0, rejected: [] });
  });
});

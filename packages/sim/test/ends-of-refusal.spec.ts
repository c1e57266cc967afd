import { MillraceError } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { mayFollowRefusal } from '../src/ends-of-refusal.ts';

const failed = (code: string, cause?: unknown) =>
  new MillraceError(code, 'failed', { disposition: 'stop-engine', cause });

describe('the end of an engine after a lasting refusal', () => {
  it('is the refusal', () => {
    expect(mayFollowRefusal(failed('MR_STORAGE_DENIED'))).toBe(true);
    expect(mayFollowRefusal(failed('MR_WAL_OUTCOME_UNKNOWN'))).toBe(true);
  });

  it('may be a batch that failed of something else before', () => {
    expect(mayFollowRefusal(failed('MR_BATCH_FAILED', new Error('the sink did not answer')))).toBe(true);
  });

  it('is no batch that failed of the refusal, and no other error', () => {
    const task = failed('MR_RDD_TASK_FAILED', failed('MR_STORAGE_DENIED'));
    expect(mayFollowRefusal(failed('MR_BATCH_FAILED', task))).toBe(false);
    expect(mayFollowRefusal(failed('MR_CHECKPOINT_UNREADABLE'))).toBe(false);
    expect(mayFollowRefusal(undefined)).toBe(false);
  });
});

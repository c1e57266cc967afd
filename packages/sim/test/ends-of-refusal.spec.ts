import { MillraceError } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { mayFollowRefusal } from '../src/ends-of-refusal.ts';

const failed = (code: string, cause?: unknown) =>
  new MillraceError(code, 'failed', { disposition: 'stop-engine', cause });

describe('the end of an engine after a permanent refusal', () => {
  it('is the refusal', () => {
    expect(mayFollowRefusal(failed('MR_STORAGE_DENIED'))).toBe(true);
    expect(mayFollowRefusal(failed('MR_WAL_OUTCOME_UNKNOWN'))).toBe(true);
  });

  it('may be a part that could not be opened because of the refusal', () => {
    expect(mayFollowRefusal(failed('MR_BOOT_OPEN_FAILED', failed('MR_STORAGE_DENIED')))).toBe(true);
    const write = failed('MR_WAL_WRITE_FAILED', failed('MR_STORAGE_DENIED'));
    expect(mayFollowRefusal(failed('MR_BOOT_OPEN_FAILED', write))).toBe(false);
  });

  it('may be a lack of executors, when executors met the refusal at their start', () => {
    const none = failed('MR_TRACKING_NO_EXECUTORS');
    expect(mayFollowRefusal(none, { hasRefusedExecutor: true })).toBe(true);
    expect(mayFollowRefusal(none)).toBe(false);
  });

  it('may be a batch that failed for another reason before', () => {
    expect(mayFollowRefusal(failed('MR_BATCH_FAILED', new Error('the sink did not answer')))).toBe(true);
  });

  it('may be another disk fault, before the refusal met the closing engine', () => {
    const disk = failed('MR_STORAGE_FAILED');
    expect(mayFollowRefusal(failed('MR_WAL_WRITE_FAILED', disk))).toBe(true);
    expect(mayFollowRefusal(failed('MR_BOOT_OPEN_FAILED', failed('MR_STORAGE_FULL')))).toBe(true);
  });

  it('is neither a failure caused by the refusal nor an error of the engine alone', () => {
    const task = failed('MR_RDD_TASK_FAILED', failed('MR_STORAGE_DENIED'));
    expect(mayFollowRefusal(failed('MR_BATCH_FAILED', task))).toBe(false);
    expect(mayFollowRefusal(failed('MR_WAL_WRITE_FAILED', failed('MR_STORAGE_DENIED')))).toBe(false);
    expect(mayFollowRefusal(failed('MR_CHECKPOINT_UNREADABLE'))).toBe(false);
    expect(mayFollowRefusal(failed('MR_BATCH_FAILED', new TypeError('no function')))).toBe(false);
    expect(mayFollowRefusal(undefined)).toBe(false);
  });
});

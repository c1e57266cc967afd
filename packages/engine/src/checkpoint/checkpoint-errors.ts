// The codes of recovery: what a checkpoint and a program may disagree about.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of `checkpoint/` with its meaning; the reference page is made from it. */
export const CHECKPOINT_ERROR_CODES = {
  MR_CHECKPOINT_FORMAT_UNSUPPORTED: {
    disposition: 'stop-engine',
    meaning:
      'a checkpoint was written by another version of the engine in a format that this one does not read; run that version',
  },
  MR_CHECKPOINT_OTHER_APPLICATION: {
    disposition: 'stop-engine',
    meaning:
      'what was kept belongs to an application of another name; give each application a directory of its own, or keep its name',
  },
  MR_CHECKPOINT_INTERVAL_CHANGED: {
    disposition: 'stop-engine',
    meaning:
      'the batch interval is not the one batches were made with, so their times would not go on; keep the interval, or begin in an empty directory',
  },
  MR_CHECKPOINT_STATE_DROPPED: {
    disposition: 'stop-engine',
    meaning:
      'something was kept for an operator that the program does not have any more or that is of another kind; give operators their uid, or set allowDroppedState to lose it',
  },
  MR_CHECKPOINT_NEEDED: {
    disposition: 'stop-engine',
    meaning:
      'the program has state and what it receives is logged, but there are no checkpoints, so a restart would lose the state; set checkpointDirectory, or wire a CheckpointStore',
  },
  MR_CHECKPOINT_TOO_OLD: {
    disposition: 'stop-engine',
    meaning:
      'the newest checkpoint that can be read is older than what the log still has, so its state cannot be brought up to date; restore a newer one, or set allowDroppedState to begin without state',
  },
  MR_CHECKPOINT_VALUE_UNSUPPORTED: {
    disposition: 'stop-engine',
    meaning:
      'an operator keeps something that is no plain data, so no checkpoint can be written any more; the message names the operator and the place. Let the functions before the operator make plain data',
  },
  MR_CHECKPOINT_BEHIND: {
    disposition: 'back-off',
    meaning:
      'many checkpoints in a row could not be written; batches go on, but logs on disk grow and a recovery takes longer; the cause says what to repair',
  },
} as const satisfies ErrorCodeTable;

/** Makes an error of this table. */
export const checkpointError = errorFactory(CHECKPOINT_ERROR_CODES);

// The error codes of recovery: conflicts between a checkpoint and a program.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of `checkpoint/` with its meaning; the source of the reference page. */
export const CHECKPOINT_ERROR_CODES = {
  MR_CHECKPOINT_FORMAT_UNSUPPORTED: {
    disposition: 'stop-engine',
    meaning:
      'a checkpoint has a format of another engine version that this version cannot read; run that version',
  },
  MR_CHECKPOINT_OTHER_APPLICATION: {
    disposition: 'stop-engine',
    meaning:
      'the stored data belongs to an application of another name; use a separate directory for each application, or restore the name',
  },
  MR_CHECKPOINT_INTERVAL_CHANGED: {
    disposition: 'stop-engine',
    meaning:
      'the batch interval differs from the interval of the stored batches, so batch times cannot continue; restore the interval, or begin in an empty directory',
  },
  MR_CHECKPOINT_STATE_DROPPED: {
    disposition: 'stop-engine',
    meaning:
      'a checkpoint has state of an operator that is missing from the program or is now of another kind; restore the uids of operators, or set allowDroppedState to lose the state',
  },
  MR_CHECKPOINT_UID_AMBIGUOUS: {
    disposition: 'stop-engine',
    meaning:
      'a checkpoint has state under the uid of an operator and under one of its former uids (`was`), or under two former ones; leave the wrong names out of was, and set allowDroppedState to lose their state',
  },
  MR_CHECKPOINT_NEEDED: {
    disposition: 'stop-engine',
    meaning:
      'the program has state and its input is logged, but there are no checkpoints, so a restart would lose the state; set checkpointDirectory, or wire a CheckpointStore',
  },
  MR_CHECKPOINT_TOO_OLD: {
    disposition: 'stop-engine',
    meaning:
      'the newest readable checkpoint is older than the remaining log, so its state cannot be brought up to date; restore a newer one, or set allowDroppedState to begin without state',
  },
  MR_CHECKPOINT_VALUE_UNSUPPORTED: {
    disposition: 'stop-engine',
    meaning:
      'the state of an operator contains a value that is not plain data, so no further checkpoint can be written; the message names the operator and the place. Convert the values to plain data before the operator',
  },
  MR_CHECKPOINT_BEHIND: {
    disposition: 'back-off',
    meaning:
      'many checkpoints in a row could not be written; batches continue, but logs on disk grow and a recovery takes longer; repair the problem named in the cause',
  },
} as const satisfies ErrorCodeTable;

/** Makes an error of this table. */
export const checkpointError = errorFactory(CHECKPOINT_ERROR_CODES);

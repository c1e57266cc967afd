// What can go wrong with a replay, by code. Everything that is wrong with one record is one code, because the
// reaction is the same for all of them; what is wrong with the file as a whole ends the receiver.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of @millrace/receiver-replay with its meaning. */
export const REPLAY_ERROR_CODES = {
  MR_REPLAY_FILE_MISSING: {
    disposition: 'stop-engine',
    meaning: 'the file is not there; check the path, it is taken from the working directory of the executor',
  },
  MR_REPLAY_READ_FAILED: {
    disposition: 'stop-engine',
    meaning: 'the file could not be read, also not after several tries; the cause says why',
  },
  MR_REPLAY_MALFORMED_RECORD: {
    disposition: 'skip-record',
    meaning: 'a record cannot be parsed or has no readable timestamp; the message says where and why',
  },
  MR_REPLAY_LONG_WAIT: {
    disposition: 'retry',
    meaning:
      'the next record is due in more than five minutes by its event time, and the replay stands still until then; set maxGapMs to cut such waits, or take the record out',
  },
  MR_REPLAY_MALFORMED_FILE: {
    disposition: 'stop-engine',
    meaning: 'the file cannot be parsed any further; everything before that place has been stored',
  },
  MR_REPLAY_SORT_TOO_LARGE: {
    disposition: 'stop-engine',
    meaning: "the file is too large to be sorted in memory; use order 'file' or raise maxSortBytes",
  },
  MR_REPLAY_POSITION_UNKNOWN: {
    disposition: 'stop-engine',
    meaning:
      'the record behind which the replay has to go on is not in the file any more; restore the file, or begin in an empty directory',
  },
  MR_REPLAY_FILE_CHANGED: {
    disposition: 'stop-engine',
    meaning:
      'the file is not the one that was read before: it was replaced or shortened, which may not be; restore the file, or begin in an empty directory',
  },
} as const satisfies ErrorCodeTable;

/** Makes an error of the replay table. */
export const replayError = errorFactory(REPLAY_ERROR_CODES);

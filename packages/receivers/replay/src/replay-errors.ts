// The failures of a replay, by code. All problems of one record share one code, because the reaction is the same for
// all; a problem of the whole file ends the receiver.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of @millrace/receiver-replay with its meaning. */
export const REPLAY_ERROR_CODES = {
  MR_REPLAY_FILE_MISSING: {
    disposition: 'stop-engine',
    meaning: 'the file does not exist; check the path, relative to the working directory of the executor',
  },
  MR_REPLAY_READ_FAILED: {
    disposition: 'stop-engine',
    meaning: 'the file could not be read, even after several attempts; the cause contains the reason',
  },
  MR_REPLAY_MALFORMED_RECORD: {
    disposition: 'skip-record',
    meaning:
      'a record cannot be parsed or has no readable timestamp; the message contains the place and the reason',
  },
  MR_REPLAY_LONG_WAIT: {
    disposition: 'retry',
    meaning:
      'the next record is due in more than five minutes by its event time, and the replay waits until then; set maxGapMs to limit such waits, or remove the record',
  },
  MR_REPLAY_MALFORMED_FILE: {
    disposition: 'stop-engine',
    meaning:
      'the file cannot be parsed any further; everything before the place of the error has been stored',
  },
  MR_REPLAY_SORT_TOO_LARGE: {
    disposition: 'stop-engine',
    meaning: "the file is too large to be sorted in memory; use order 'file' or raise maxSortBytes",
  },
  MR_REPLAY_POSITION_UNKNOWN: {
    disposition: 'stop-engine',
    meaning:
      'the file no longer contains the record after which the replay has to continue; restore the file, or begin in an empty directory',
  },
  MR_REPLAY_FILE_CHANGED: {
    disposition: 'stop-engine',
    meaning:
      'the file was replaced or shortened since it was read, which is not permitted; restore the file, or begin in an empty directory',
  },
} as const satisfies ErrorCodeTable;

/** Makes an error of the replay table. */
export const replayError = errorFactory(REPLAY_ERROR_CODES);

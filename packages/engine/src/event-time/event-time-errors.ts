// The error codes of event time.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of `event-time/` with its meaning; the source of the reference page. */
export const EVENT_TIME_ERROR_CODES = {
  MR_EVENT_TIME_INVALID: {
    disposition: 'fail-batch',
    meaning:
      'the function of assignTimestamps returned an invalid time: it must return milliseconds since 1970 as a finite number; filter records without a time before',
  },
  MR_EVENT_TIME_AHEAD: {
    disposition: 'skip-record',
    meaning:
      "the event time of a record is further ahead of its batch than maxFutureMs; the record is in no window and, with the reaction 'dead-letter', a dead letter, and all others continued. Correct the clock or the unit of the time, or raise maxFutureMs",
  },
  MR_EVENT_TIME_WINDOWS_CHANGED: {
    disposition: 'stop-engine',
    meaning:
      "a checkpoint has windows of another length, slide, gap, offset or time zone than the program, or windows that were closed earlier than the program's allowed lateness permits; restore the settings, or choose another uid for the windows and set allowDroppedState to lose the open windows",
  },
  MR_EVENT_TIME_JOIN_CHANGED: {
    disposition: 'stop-engine',
    meaning:
      'a checkpoint has the records of a join by event time for a shorter span than the program asks for, so partners would be missing; restore beforeMs and afterMs, or choose another uid for the join and set allowDroppedState to lose the remembered records',
  },
  MR_EVENT_TIME_SOURCES_CHANGED: {
    disposition: 'stop-engine',
    meaning:
      'a checkpoint has the watermark of sources without a uid that are missing from the program; run the earlier program, or set a uid on each stream of assignTimestamps before the union and another uid on the watermark, and set allowDroppedState to restart the watermark',
  },
} as const satisfies ErrorCodeTable;

/** Makes an error of this table. */
export const eventTimeError = errorFactory(EVENT_TIME_ERROR_CODES);

// The codes of event time.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of `event-time/` with its meaning; the reference page is made from it. */
export const EVENT_TIME_ERROR_CODES = {
  MR_EVENT_TIME_INVALID: {
    disposition: 'fail-batch',
    meaning:
      'the function given to assignTimestamps returned no time: it must return milliseconds since 1970 as a finite number; filter records without a time before',
  },
  MR_EVENT_TIME_WINDOWS_CHANGED: {
    disposition: 'stop-engine',
    meaning:
      'a checkpoint holds windows of another length, slide or gap than the program has, or such that were forgotten earlier than its allowed lateness says; set them back, or give the windows another uid and set allowDroppedState to lose those that are open',
  },
  MR_EVENT_TIME_SOURCES_CHANGED: {
    disposition: 'stop-engine',
    meaning:
      'a checkpoint holds the watermark of sources without a uid that the program does not have any more; run the program as it was, or give each stream of assignTimestamps a uid before the union, the watermark another one, and set allowDroppedState to begin it anew',
  },
} as const satisfies ErrorCodeTable;

/** Makes an error of this table. */
export const eventTimeError = errorFactory(EVENT_TIME_ERROR_CODES);

// The codes of event time.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of `event-time/` with its meaning; the reference page is made from it. */
export const EVENT_TIME_ERROR_CODES = {
  MR_EVENT_TIME_INVALID: {
    disposition: 'fail-batch',
    meaning:
      'the function given to assignTimestamps returned no time: it must return milliseconds since 1970 as a finite number; filter records without a time before',
  },
} as const satisfies ErrorCodeTable;

/** Makes an error of this table. */
export const eventTimeError = errorFactory(EVENT_TIME_ERROR_CODES);

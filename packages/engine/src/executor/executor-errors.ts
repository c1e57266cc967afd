// The codes of executors that run inside the driver's process.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of `executor/` with its meaning. */
export const EXECUTOR_ERROR_CODES = {
  MR_EXECUTOR_ALREADY_STARTED: {
    disposition: 'stop-engine',
    meaning: 'an executor backend was started twice; one engine runs one streaming context',
  },
} as const satisfies ErrorCodeTable;

/** Makes an error of this table. */
export const executorError = errorFactory(EXECUTOR_ERROR_CODES);

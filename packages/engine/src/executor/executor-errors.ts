// Error codes of executors: inside the driver's process, and in other copies of the program.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of `executor/` with its meaning. */
export const EXECUTOR_ERROR_CODES = {
  MR_EXECUTOR_ALREADY_STARTED: {
    disposition: 'stop-engine',
    meaning: 'an executor backend was started twice; one engine runs one streaming context',
  },
  MR_EXECUTOR_BATCH_DONE: {
    disposition: 'fail-batch',
    meaning:
      'a task reached an executor after its batch was complete, in a late or repeated message; the task is not run, because no job waits for its result',
  },
} as const satisfies ErrorCodeTable;

/** Makes an error of this table. */
export const executorError = errorFactory(EXECUTOR_ERROR_CODES);

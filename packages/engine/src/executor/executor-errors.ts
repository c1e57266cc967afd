// The codes of executors: of those inside the driver's process, and of copies of the program that serve elsewhere.
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
      'a task came to an executor after its batch was done with, as a message that is late or repeated may; nobody waits for it and it is not run',
  },
} as const satisfies ErrorCodeTable;

/** Makes an error of this table. */
export const executorError = errorFactory(EXECUTOR_ERROR_CODES);

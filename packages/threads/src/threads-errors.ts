// The codes of threads: reasons for the end of an executor, and for not launching one.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of @millrace/threads with its meaning. */
export const THREADS_ERROR_CODES = {
  MR_THREADS_NO_PROGRAM: {
    disposition: 'stop-engine',
    meaning: 'the script of the executors is unknown; pass threads({ program: import.meta.url })',
  },
  MR_THREADS_CRASHED: {
    disposition: 'retry',
    meaning: 'an uncaught error ended an executor; the cause is that error',
  },
  MR_THREADS_EXITED: {
    disposition: 'retry',
    meaning: 'an executor ended by process.exit, or its thread was ended from outside',
  },
  MR_THREADS_OUT_OF_MEMORY: {
    disposition: 'retry',
    meaning: 'an executor reached its memory limit; raise resourceLimits, or make smaller partitions',
  },
} as const satisfies ErrorCodeTable;

/** Makes an error of this table. */
export const threadsError = errorFactory(THREADS_ERROR_CODES);

// The codes of executors on threads: why one has ended, and why a program is not served.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of @millrace/threads with its meaning. */
export const THREADS_ERROR_CODES = {
  MR_THREADS_ALREADY_STARTED: {
    disposition: 'stop-engine',
    meaning: 'the executors of an engine were started twice; one engine runs one streaming context',
  },
  MR_THREADS_STOPPED: {
    disposition: 'stop-engine',
    meaning: 'the executors were stopped while they were starting',
  },
  MR_THREADS_NO_PROGRAM: {
    disposition: 'stop-engine',
    meaning:
      'it is not known which script the executors have to load; give threads({ program: import.meta.url })',
  },
  MR_THREADS_PROGRAM_DIFFERS: {
    disposition: 'stop-engine',
    meaning:
      'the program built another graph on an executor than on the driver; it must not depend on chance, time, or on where it runs',
  },
  MR_THREADS_PROGRAM_ENDED: {
    disposition: 'stop-engine',
    meaning:
      'the program ended on an executor without starting its context; start() has to be reached there as on the driver',
  },
  MR_THREADS_NOT_READY: {
    disposition: 'retry',
    meaning: 'an executor did not come up in time; see its log lines, or raise startTimeoutMs',
  },
  MR_THREADS_CRASHED: {
    disposition: 'retry',
    meaning: 'an error that nobody caught ended an executor; its cause is the error',
  },
  MR_THREADS_EXITED: {
    disposition: 'retry',
    meaning: 'an executor ended by process.exit, or its thread was ended from outside',
  },
  MR_THREADS_OUT_OF_MEMORY: {
    disposition: 'retry',
    meaning: 'an executor reached its limit of memory; raise resourceLimits, or make smaller partitions',
  },
  MR_THREADS_NOT_RESPONDING: {
    disposition: 'retry',
    meaning:
      'an executor gave no sign of life and was ended; code that blocks its thread for long has to be cut up, or raise heartbeatTimeoutMs',
  },
} as const satisfies ErrorCodeTable;

/** Makes an error of this table. */
export const threadsError = errorFactory(THREADS_ERROR_CODES);

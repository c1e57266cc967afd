// The codes of executors on threads: reasons for the end of an executor, and for not serving a program.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of @millrace/threads with its meaning. */
export const THREADS_ERROR_CODES = {
  MR_THREADS_ALREADY_STARTED: {
    disposition: 'stop-engine',
    meaning: 'the executors of an engine were started twice; one engine runs one streaming context',
  },
  MR_THREADS_STOPPED: {
    disposition: 'stop-engine',
    meaning: 'the executors were stopped during their start',
  },
  MR_THREADS_NO_PROGRAM: {
    disposition: 'stop-engine',
    meaning: 'the script of the executors is unknown; pass threads({ program: import.meta.url })',
  },
  MR_THREADS_PROGRAM_DIFFERS: {
    disposition: 'stop-engine',
    meaning:
      'the program built another graph on an executor than on the driver; the graph must not depend on random values, time, or the place of the program',
  },
  MR_THREADS_PROGRAM_ENDED: {
    disposition: 'stop-engine',
    meaning:
      'the program ended on an executor without starting its context; every executor has to reach start() like the driver',
  },
  MR_THREADS_NOT_READY: {
    disposition: 'retry',
    meaning: 'an executor was not ready in time; see its log lines, or raise startTimeoutMs',
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
  MR_THREADS_NOT_RESPONDING: {
    disposition: 'retry',
    meaning:
      'an executor sent no heartbeat and was terminated; split code that blocks its thread for long, or raise heartbeatTimeoutMs',
  },
} as const satisfies ErrorCodeTable;

/** Makes an error of this table. */
export const threadsError = errorFactory(THREADS_ERROR_CODES);

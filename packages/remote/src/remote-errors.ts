// The codes of executors that have their own copy of the program: reasons for not serving, and silence.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of @millrace/remote with its meaning. */
export const REMOTE_ERROR_CODES = {
  MR_REMOTE_ALREADY_STARTED: {
    disposition: 'stop-engine',
    meaning: 'the executors of an engine were started twice; one engine runs one streaming context',
  },
  MR_REMOTE_STOPPED: {
    disposition: 'stop-engine',
    meaning: 'the executors were stopped during their start',
  },
  MR_REMOTE_PROGRAM_DIFFERS: {
    disposition: 'stop-engine',
    meaning:
      'the program built another graph on an executor than on the driver; the graph must not depend on random values, time, or the place of the program',
  },
  MR_REMOTE_PROGRAM_ENDED: {
    disposition: 'stop-engine',
    meaning:
      'the program ended on an executor without starting its context; every executor has to reach start() like the driver',
  },
  MR_REMOTE_NOT_READY: {
    disposition: 'retry',
    meaning: 'an executor was not ready in time; see its log lines, or raise startTimeoutMs',
  },
  MR_REMOTE_NOT_RESPONDING: {
    disposition: 'retry',
    meaning:
      'an executor sent no heartbeat and was terminated; split code that blocks its thread for long, or raise heartbeatTimeoutMs',
  },
} as const satisfies ErrorCodeTable;

/** Makes an error of this table. */
export const remoteError = errorFactory(REMOTE_ERROR_CODES);

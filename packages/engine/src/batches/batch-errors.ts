// The codes of job generation and scheduling.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of `batches/` with its meaning. */
export const BATCH_ERROR_CODES = {
  MR_BATCH_GENERATION_FAILED: {
    disposition: 'fail-batch',
    meaning:
      'the jobs of a batch could not be made, also not when tried again; its blocks stay allocated to it',
  },
  MR_BATCH_FAILED: {
    disposition: 'stop-engine',
    meaning: 'a job failed for the last time and onBatchFailure is "stop"; the cause says why',
  },
  MR_BATCH_NOT_HELD: {
    disposition: 'retry',
    meaning: 'retryHeldBatch() was called while no batch is held; call it after one has failed',
  },
  MR_BATCH_HALTED: {
    disposition: 'stop-engine',
    meaning: 'retryHeldBatch() was called on an engine that stops, so the batch was not run again',
  },
} as const satisfies ErrorCodeTable;

/** Makes an error of this table. */
export const batchError = errorFactory(BATCH_ERROR_CODES);

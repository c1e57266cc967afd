// The error codes of job generation and scheduling.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of `batches/` with its meaning. */
export const BATCH_ERROR_CODES = {
  MR_BATCH_GENERATION_FAILED: {
    disposition: 'fail-batch',
    meaning:
      'the jobs of a batch could not be generated, even after retries; the blocks stay allocated to the batch',
  },
  MR_BATCH_FAILED: {
    disposition: 'stop-engine',
    meaning: 'a job failed on its last attempt and onBatchFailure is "stop"; the cause contains the reason',
  },
  MR_BATCH_NOT_HELD: {
    disposition: 'retry',
    meaning: 'retryHeldBatch() was called without a held batch; call it after a batch has failed',
  },
  MR_BATCH_HALTED: {
    disposition: 'stop-engine',
    meaning: 'retryHeldBatch() was called on a stopping engine, so the batch was not run again',
  },
} as const satisfies ErrorCodeTable;

/** Makes an error of this table. */
export const batchError = errorFactory(BATCH_ERROR_CODES);

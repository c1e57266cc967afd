// The error codes of records that fail.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of `record-errors/` with its meaning; the source of the reference page. */
export const RECORD_ERROR_CODES = {
  MR_RECORD_INVALID: {
    disposition: 'fail-batch',
    meaning:
      "the schema of the operator validate does not accept a record; the message has the first issues with their places. Correct the source or the schema, or leave such records out with onRecordError('skip') or onRecordError('dead-letter')",
  },
  MR_RECORD_ERRORS_TOO_MANY: {
    disposition: 'fail-batch',
    meaning:
      'functions failed for more records of a batch than maxRecordErrorsPerBatch allows, so the program is probably wrong, not the records; the batch is not tried again. Mend the function, or raise maxRecordErrorsPerBatch',
  },
  MR_RECORD_NO_DEAD_LETTERS: {
    disposition: 'stop-engine',
    meaning:
      "onRecordError is 'dead-letter', and there is no sink for dead letters; add the option deadLetters, for instance deadLetters: filesSink({ directory: './dead-letters' })",
  },
} as const satisfies ErrorCodeTable;

/** Makes an error of this table. */
export const recordError = errorFactory(RECORD_ERROR_CODES);

// The codes of streams with state.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of `state/` with its meaning; the reference page is made from it. */
export const STATE_ERROR_CODES = {
  MR_STATE_ABSENT: {
    disposition: 'fail-batch',
    meaning: 'the state of a key was read though there is none; ask exists() first, or use getOption()',
  },
  MR_STATE_REMOVED: {
    disposition: 'fail-batch',
    meaning: 'the state of a key was updated or removed after it had been removed in the same call',
  },
  MR_STATE_TIMING_OUT: {
    disposition: 'fail-batch',
    meaning:
      'the state of a key was updated or removed in the call that tells that it times out; it goes by itself',
  },
  MR_STATE_VALUE_UNSUPPORTED: {
    disposition: 'fail-batch',
    meaning:
      'a batch set state that is no plain data, so no checkpoint could hold it; the batch is not repeated, the message names operator, key and place. Keep data, and make class instances and functions of it where they are used',
  },
  MR_STATE_CALL_OVER: {
    disposition: 'fail-batch',
    meaning:
      'a State was used after the call of the function that got it; use it before the function returns, and wait for nothing in between',
  },
  MR_STATE_VERSION_FORGOTTEN: {
    disposition: 'fail-batch',
    meaning:
      'the state of a batch was read after it had been forgotten, or after an executor that had it died. Let the streams remember longer: remember(); for earlier batches use a window over the stream, which keeps them, instead of slice',
  },
  MR_STATE_VERSION_UNKNOWN: {
    disposition: 'stop-engine',
    meaning:
      'a checkpoint holds state of another schema version than the operator has; give it a migrate function, or set the schema version back',
  },
  MR_STATE_DATA_INVALID: {
    disposition: 'stop-engine',
    meaning:
      'the state in a checkpoint is not what a state operator writes; it was written by something else',
  },
} as const satisfies ErrorCodeTable;

/** Makes an error of this table. */
export const stateError = errorFactory(STATE_ERROR_CODES);

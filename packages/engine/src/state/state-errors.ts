// The error codes of streams with state.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of `state/` with its meaning; the source of the reference page. */
export const STATE_ERROR_CODES = {
  MR_STATE_ABSENT: {
    disposition: 'fail-batch',
    meaning:
      'the state of a key was read although the key has no state; check exists() first, or use getOption()',
  },
  MR_STATE_REMOVED: {
    disposition: 'fail-batch',
    meaning: 'the state of a key was updated or removed after a removal in the same call',
  },
  MR_STATE_TIMING_OUT: {
    disposition: 'fail-batch',
    meaning:
      'the state of a key was updated or removed in its time-out call; the engine removes the state after that call',
  },
  MR_STATE_VALUE_UNSUPPORTED: {
    disposition: 'fail-batch',
    meaning:
      'a batch set state that is not plain data, so no checkpoint could contain the state; the batch is not repeated, the message names operator, key and place. Store data, and build class instances and functions from the data on use',
  },
  MR_STATE_CALL_OVER: {
    disposition: 'fail-batch',
    meaning:
      'a State was used after its function call; use the State before the function returns, without waiting in between',
  },
  MR_STATE_VERSION_FORGOTTEN: {
    disposition: 'fail-batch',
    meaning:
      'the state of a batch was read after being forgotten, or after the death of its executor. Make the streams remember longer: remember(); for earlier batches use a window over the stream, which retains them, instead of slice',
  },
  MR_STATE_VERSION_UNKNOWN: {
    disposition: 'stop-engine',
    meaning:
      'a checkpoint has state of another schema version than the operator; pass a migrate function, or restore the schema version',
  },
  MR_STATE_DATA_INVALID: {
    disposition: 'stop-engine',
    meaning: 'the state in a checkpoint is not the output of a state operator; another program wrote it',
  },
} as const satisfies ErrorCodeTable;

/** Makes an error of this table. */
export const stateError = errorFactory(STATE_ERROR_CODES);

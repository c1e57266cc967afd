// The error codes of receiving: failures between a source and the registration of a block. Codes named by the contracts
// (`MR_RECEIVER_OVERRUN`, `MR_RECEIVER_NOT_RUNNING`) are in the core's table.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of receiving with its meaning; the source of the reference page. */
export const RECEIVING_ERROR_CODES = {
  MR_RECEIVER_UNKNOWN_STREAM: {
    disposition: 'stop-engine',
    meaning:
      'an executor was told to run a receiver that is missing from its program; driver and executors must run the same program',
  },
  MR_RECEIVER_BLOCK_TOO_LARGE: {
    disposition: 'skip-record',
    meaning: 'one block exceeds the memory limit of its receiver; store less at once, or raise maxHeldBytes',
  },
  MR_RECEIVER_RECORD_UNSUPPORTED: {
    disposition: 'skip-record',
    meaning:
      'a receiver stored records with a value that the codec does not accept; these records were left out, counted and acknowledged, and all others continued. The message names stream, reason and the first record; convert such values to plain data',
  },
  MR_RECEIVER_METADATA_UNSUPPORTED: {
    disposition: 'stop-engine',
    meaning:
      'the metadata of a block, for instance a position, is not plain data; without a position the source cannot continue after a restart, so the receiver must be corrected',
  },
  MR_RECEIVER_BLOCK_NOT_STORED: {
    disposition: 'retry',
    meaning:
      'a block was not stored because its receiver ended first; the source has to send the block again',
  },
  MR_RECEIVER_STORE_FAILED: {
    disposition: 'retry',
    meaning:
      'a block could not be stored after all attempts; the receiver ends, and the driver restarts the receiver elsewhere or again',
  },
  MR_RECEIVER_GAVE_UP: {
    disposition: 'stop-engine',
    meaning:
      'a receiver failed more often in a row than receiving.maxRestarts allows, and the engine stops; the cause is the last error of the receiver. Correct the source or the receiver, or raise maxRestarts',
  },
  MR_RECEIVER_CALL_TIMEOUT: {
    disposition: 'retry',
    meaning:
      'a receiver did not return from acknowledge, stop or closed in time; the engine continues without waiting for that call',
  },
  MR_RECEIVER_ACKNOWLEDGE_FAILED: {
    disposition: 'retry',
    meaning:
      'a receiver could not acknowledge to its source; the receiver is restarted, and the source sends again',
  },
  MR_RECEIVER_RANGE_LOST: {
    disposition: 'fail-batch',
    meaning:
      'a block is no longer in memory and its source cannot deliver the records again; the cause contains the reason. Restore the source and run the batch again, or abandon the block: see onBatchFailure',
  },
  MR_RECEIVER_RANGE_CHANGED: {
    disposition: 'fail-batch',
    meaning:
      'a source delivered more or fewer records for a range than were stored before; restore the source and the options of its receiver',
  },
} as const satisfies ErrorCodeTable;

/** Makes an error of this table. */
export const receivingError = errorFactory(RECEIVING_ERROR_CODES);

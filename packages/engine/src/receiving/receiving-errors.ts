// The codes of receiving: what goes wrong between a source and the driver's knowledge of a block. Codes that the
// contracts name (`MR_RECEIVER_OVERRUN`, `MR_RECEIVER_NOT_RUNNING`) are in the core's table.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of receiving with its meaning; the reference page is made from it. */
export const RECEIVING_ERROR_CODES = {
  MR_RECEIVER_UNKNOWN_STREAM: {
    disposition: 'stop-engine',
    meaning:
      'an executor was asked to run a receiver that its program does not have; driver and executors must run the same program',
  },
  MR_RECEIVER_BLOCK_TOO_LARGE: {
    disposition: 'skip-record',
    meaning:
      'one block is larger than everything a receiver may hold; store less at once, or raise maxHeldBytes',
  },
  MR_RECEIVER_RECORD_UNSUPPORTED: {
    disposition: 'skip-record',
    meaning:
      'a receiver stored records with something that the codec does not take; they were left out, counted and acknowledged, and the others went on. The message names stream, reason and the first record; convert such values to plain data',
  },
  MR_RECEIVER_METADATA_UNSUPPORTED: {
    disposition: 'stop-engine',
    meaning:
      'a receiver said something about a block that is no plain data, for instance a position; without it nobody knows where the source goes on, so the receiver has to be corrected',
  },
  MR_RECEIVER_BLOCK_NOT_STORED: {
    disposition: 'retry',
    meaning: 'a block was not stored because its receiver ended first; the source has to send it again',
  },
  MR_RECEIVER_STORE_FAILED: {
    disposition: 'retry',
    meaning:
      'a block could not be stored after all attempts; the receiver ends, and the driver decides where it goes on',
  },
  MR_RECEIVER_CALL_TIMEOUT: {
    disposition: 'retry',
    meaning:
      'a receiver did not return from acknowledge, stop or closed in time; it goes on without that call',
  },
  MR_RECEIVER_ACKNOWLEDGE_FAILED: {
    disposition: 'retry',
    meaning: 'a receiver could not acknowledge to its source; it is restarted, and the source sends again',
  },
  MR_RECEIVER_RANGE_LOST: {
    disposition: 'fail-batch',
    meaning:
      'a block is not in memory any more and its source does not give its records again; the cause says why. Restore the source and run the batch again, or give the batch up: see onBatchFailure',
  },
  MR_RECEIVER_RANGE_CHANGED: {
    disposition: 'fail-batch',
    meaning:
      'a source gave more or fewer records for a range than were stored of it; restore the source as it was, and the options of its receiver',
  },
} as const satisfies ErrorCodeTable;

/** Makes an error of this table. */
export const receivingError = errorFactory(RECEIVING_ERROR_CODES);

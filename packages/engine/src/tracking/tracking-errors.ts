// The error codes of tracking: failures between receivers, their blocks and the driver. The engine's table of codes is
// composed of this table and the tables of other folders.
import { errorFactory, type ErrorCodeTable } from '@millrace/core';

/** Every code of tracking with its meaning; the source of the reference page. */
export const TRACKING_ERROR_CODES = {
  MR_TRACKING_NO_EXECUTORS: {
    disposition: 'stop-engine',
    meaning:
      'no executor was ready in time to run receivers; check that the executor backend starts, or raise executorReadinessTimeoutMs',
  },
  MR_TRACKING_ALREADY_STARTED: {
    disposition: 'stop-engine',
    meaning: 'a tracker was started twice, or after its stop; a tracker runs once',
  },
  MR_TRACKING_STOPPED: {
    disposition: 'stop-engine',
    meaning: 'the tracker is stopping or has stopped and accepts no new work',
  },
  MR_TRACKING_UNKNOWN_STREAM: {
    disposition: 'stop-engine',
    meaning:
      'a message names a stream that is missing from this program; driver and executors must run the same program',
  },
  MR_TRACKING_POLICY_FAILED: {
    disposition: 'back-off',
    meaning: 'the scheduling policy threw instead of placing a receiver; the cause contains the reason',
  },
  MR_TRACKING_NOT_REGISTERED: {
    disposition: 'back-off',
    meaning: 'a receiver did not register in time after its start; the receiver is started again',
  },
  MR_TRACKING_EXECUTOR_LOST: {
    disposition: 'back-off',
    meaning: 'the executor of a receiver is gone; the receiver is started on another one',
  },
  MR_TRACKING_ALLOCATION_REFUSED: {
    disposition: 'back-off',
    meaning:
      'the allocation of a batch could not be logged; the batch waits for the log and never runs empty',
  },
  MR_TRACKING_BATCH_FORGOTTEN: {
    disposition: 'fail-batch',
    meaning: 'the blocks of an earlier batch are no longer known, so the batch cannot run again',
  },
  MR_TRACKING_METADATA_UNSUPPORTED: {
    disposition: 'stop-engine',
    meaning:
      'the metadata of a block, or a position in the source, is not plain data and cannot be logged; convert the value first',
  },
  MR_TRACKING_LOG_UNREADABLE: {
    disposition: 'stop-engine',
    meaning:
      "an entry of the driver's log has a format of another version; run the version that wrote the entry, or restore the log",
  },
  MR_TRACKING_INPUT_REPORTED_TWICE: {
    disposition: 'fail-batch',
    meaning: 'a stream reported its input for a batch twice; a stream is computed once per batch',
  },
  MR_TRACKING_INVALID_COUNT: {
    disposition: 'fail-batch',
    meaning: 'a stream reported a count that is not a whole number from 0 up',
  },
} as const satisfies ErrorCodeTable;

/** Makes an error of the tracking table. */
export const trackingError = errorFactory(TRACKING_ERROR_CODES);

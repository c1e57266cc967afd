// The codes of the whole engine: the tables of its folders together.
import { BATCH_ERROR_CODES } from './batches/batch-errors.ts';
import { CHECKPOINT_ERROR_CODES } from './checkpoint/checkpoint-errors.ts';
import { CONTEXT_ERROR_CODES } from './driver/context-errors.ts';
import { DSTREAM_ERROR_CODES } from './graph/dstream-errors.ts';
import { EVENT_TIME_ERROR_CODES } from './event-time/event-time-errors.ts';
import { EXECUTOR_ERROR_CODES } from './executor/executor-errors.ts';
import { RDD_ERROR_CODES } from './rdd/rdd-errors.ts';
import { RECORD_ERROR_CODES } from './record-errors/record-error-codes.ts';
import { RECEIVING_ERROR_CODES } from './receiving/receiving-errors.ts';
import { STATE_ERROR_CODES } from './state/state-errors.ts';
import { TRACKING_ERROR_CODES } from './tracking/tracking-errors.ts';

/** Every code of @millrace/engine with its meaning. */
export const ENGINE_ERROR_CODES = {
  ...RECEIVING_ERROR_CODES,
  ...STATE_ERROR_CODES,
  ...TRACKING_ERROR_CODES,
  ...BATCH_ERROR_CODES,
  ...RDD_ERROR_CODES,
  ...RECORD_ERROR_CODES,
  ...DSTREAM_ERROR_CODES,
  ...EVENT_TIME_ERROR_CODES,
  ...EXECUTOR_ERROR_CODES,
  ...CHECKPOINT_ERROR_CODES,
  ...CONTEXT_ERROR_CODES,
} as const;

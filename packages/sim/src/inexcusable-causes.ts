// Reasons for which no batch may fail, whatever faults occur: the engine lost required data, or is inconsistent. Disks,
// networks, deaths and user code excuse none of these reasons.
import { isMillraceError } from '@millrace/core';

/** The codes without an excuse. */
const CODES = [
  'MR_STATE_VERSION_FORGOTTEN',
  'MR_STATE_ABSENT',
  'MR_STATE_REMOVED',
  'MR_STATE_TIMING_OUT',
  'MR_STATE_CALL_OVER',
  'MR_GRAPH_WINDOW_FORGOTTEN',
  'MR_GRAPH_INPUT_MISSING',
  'MR_GRAPH_PARENT_RDD_MISSING',
  'MR_GRAPH_TRANSFORM_RESULT',
  'MR_GRAPH_NOT_STARTED',
  'MR_GRAPH_UNKNOWN_RDD',
  'MR_RDD_WINDOW_INCONSISTENT',
  'MR_RDD_PARTITIONS_DIFFER',
  'MR_RDD_UNSUPPORTED_KEY',
  'MR_EVENT_TIME_INVALID',
];

/** JavaScript errors come from the engine, because no function of a simulated program throws them. */
const NAMES = ['TypeError', 'RangeError', 'ReferenceError'];

/** The maximum depth of causes. */
const DEPTH_MAX = 20;

/** The first inexcusable cause of an error, in words; undefined when there is none. */
export function inexcusableCause(error: unknown): string | undefined {
  let cause = error;
  for (let depth = 0; depth < DEPTH_MAX && cause instanceof Error; depth += 1) {
    const isOne = CODES.some((code) => isMillraceError(cause, code)) || NAMES.includes(cause.name);
    if (isOne) return `${isMillraceError(cause) ? cause.code : cause.name}: ${cause.message}`;
    cause = cause.cause;
  }
  return undefined;
}

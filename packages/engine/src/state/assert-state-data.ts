// State has to be data: checkpoints write it, and executors send it to each other. The batch that makes an unsupported
// value is refused, also where nothing is written yet. A check by the first checkpoint would come too late: the value
// would stop all checkpoints for as long as its key lives.
import { type Codec, isMillraceError } from '@millrace/core';
import { recordText, refusalsOf } from '@millrace/core/engine';
import { stateError } from './state-errors.ts';

/** Keys that are checked together. */
const KEYS_AT_ONCE = 512;

/** @throws `MR_STATE_VALUE_UNSUPPORTED` with operator, key and path of the first value that is not data. */
export function assertStateData(
  entries: Iterable<readonly [unknown, unknown]>,
  { codec, operator }: { readonly codec: Codec; readonly operator: string },
): void {
  let waiting: unknown[] = [];
  for (const [key, value] of entries) {
    waiting.push(key, value);
    if (waiting.length < 2 * KEYS_AT_ONCE) continue;
    assertData(waiting, codec, operator);
    waiting = [];
  }
  assertData(waiting, codec, operator);
}

/** Checks alternating keys and values. */
function assertData(values: readonly unknown[], codec: Codec, operator: string): void {
  const [refusal] = refusalsOf(codec, values);
  if (refusal === undefined) return;
  const { index, found } = refusal;
  const isKey = index % 2 === 0;
  const key = recordText(values[isKey ? index : index - 1], 256);
  const path = refusal.path.replace(/^records?(\[\d+\])?/, isKey ? 'key' : 'state');
  throw unsupported({ operator, key, path }, `is ${found}`);
}

/**
 * An error of a state function, with the names of operator and key: state that cannot be copied for the function
 * becomes `MR_STATE_VALUE_UNSUPPORTED`, every other error stays unchanged. `key` is absent where unknown.
 */
export function namedState(error: unknown, operator: string, key?: unknown): unknown {
  if (!isMillraceError(error, 'MR_RDD_VALUE_UNSUPPORTED')) return error;
  const place = { operator, ...(key === undefined ? {} : { key: recordText(key, 256) }), path: 'state' };
  return unsupported(place, String(error.details['found']));
}

function unsupported(
  place: { readonly operator: string; readonly key?: string; readonly path: string },
  found: string,
): Error {
  const { operator, key, path } = place;
  const where = key === undefined ? path : `for key ${key} ${path}`;
  return stateError(
    'MR_STATE_VALUE_UNSUPPORTED',
    `state of ${operator} must be plain data, and ${where} ${found}; store data and build such values from the data`,
    { details: { ...place, found } },
  );
}

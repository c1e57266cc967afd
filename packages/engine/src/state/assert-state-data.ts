// State has to be data: checkpoints write it, and executors hand it to each other. A value that no codec takes is refused
// in the batch that makes it, also where nothing is written yet: found by the first checkpoint, the value would stop all
// checkpoints for as long as its key lives.
import { type Codec, recordText, refusalsOf } from '@millrace/core';
import { stateError } from './state-errors.ts';

/** Keys that are looked at together. */
const KEYS_AT_ONCE = 512;

/** @throws `MR_STATE_VALUE_UNSUPPORTED` with operator, key and path of the first value that is no data. */
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

/** Keys and values in turn. */
function assertData(values: readonly unknown[], codec: Codec, operator: string): void {
  const [refusal] = refusalsOf(codec, values);
  if (refusal === undefined) return;
  const { index, found } = refusal;
  const isKey = index % 2 === 0;
  const key = recordText(values[isKey ? index : index - 1], 256);
  const path = refusal.path.replace(/^records?(\[\d+\])?/, isKey ? 'key' : 'state');
  throw stateError(
    'MR_STATE_VALUE_UNSUPPORTED',
    `state of ${operator} must be plain data, and for key ${key} ${path} is ${found}; keep data and make such values of it`,
    { details: { operator, key, path, found } },
  );
}

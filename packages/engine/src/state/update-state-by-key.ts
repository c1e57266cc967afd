// The step of `updateStateByKey` for one batch of one partition: the function is called for every key that has state or
// records, with all its records of the batch. A batch therefore costs as much as there are keys; `mapWithState` costs
// only the touched keys.
import type { BatchTime } from '@millrace/core';
import { copyCombiner } from '../rdd/copy-combiner.ts';
import { KeyedMap } from '../rdd/keyed-map.ts';
import type { Pair } from '../rdd/pair.ts';
import { synchronous } from '../rdd/synchronous.ts';
import type { StateChange } from './state-change.ts';
import type { StateStep } from './state-rdd.ts';

/**
 * The new state of a key; undefined removes the key. `values` are the key's values in the batch, in order of arrival,
 * possibly none. `state` is undefined for a key without state, and may be changed and returned. The function must
 * depend on its arguments alone, because a repeated batch calls the function again.
 */
export type UpdateStateFunction<K, V, S> = (
  values: readonly V[],
  state: S | undefined,
  key: K,
  batchTime: BatchTime,
) => S | undefined;

/** The number of calls between two pauses. */
const CALLS_PER_PAUSE = 1_024;

/** Makes the step. The step returns no records: the states are the result. */
export function updateStateByKeyStep<K, V, S>(fn: UpdateStateFunction<K, V, S>): StateStep<K, V, S, never> {
  return async ({ batchTime, change, records, pause }) => {
    const incoming = grouped(records);
    const idle = [...change.entries()]
      .filter(([key]) => !incoming.has(key))
      .map(([key]): [K, V[]] => [key, []]);
    let calls = 0;
    for (const [key, values] of [...idle, ...incoming]) {
      const before = change.get(key)?.value;
      const state = before === undefined ? undefined : copyCombiner(before);
      const after = synchronous('updateStateByKey', fn(values, state, key, batchTime));
      apply(change, key, before, after);
      calls += 1;
      const pausing = calls % CALLS_PER_PAUSE === 0 ? pause() : undefined;
      if (pausing !== undefined) await pausing;
    }
    return [];
  };
}

/** An unchanged value is not a change, so checkpoints do not write it again. */
function apply<K, S>(change: StateChange<K, S>, key: K, before: S | undefined, after: S | undefined): void {
  if (after === undefined) change.delete(key);
  else if (!Object.is(before, after)) change.set(key, after);
}

function grouped<K, V>(records: readonly Pair<K, V>[]): KeyedMap<K, V[]> {
  const groups = new KeyedMap<K, V[]>();
  for (const [key, value] of records) {
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [value]);
    else group.push(value);
  }
  return groups;
}

// The step of `mapWithState` for one batch of one partition: the function is called for every record in the order of
// arrival, then for every key whose timeout has passed. Keys without a record and without a deadline cost nothing.
import type { BatchTime } from '@millrace/core';
import { ignoreRejection } from '../record-errors/dead-record.ts';
import type { OrTuple, Pair } from '../rdd/pair.ts';
import { synchronous } from '../rdd/synchronous.ts';
import { namedState } from './assert-state-data.ts';
import { type State, StateHandle } from './state-handle.ts';
import type { StateStep } from './state-rdd.ts';

/**
 * Called once a record with its value, and once with undefined when the key times out. The result is a record of the
 * resulting stream, unless undefined. The function must depend on its arguments alone, because a repeated batch calls
 * the function again.
 */
export type MapWithStateFunction<K, V, S, U> = (
  key: K,
  value: V | undefined,
  state: State<S>,
  batchTime: BatchTime,
) => OrTuple<U> | undefined;

/** The number of calls between two pauses. */
const CALLS_PER_PAUSE = 1_024;

/** Makes the step. `timeoutMs`: keys without a record for longer are removed; undefined: no key is. */
export function mapWithStateStep<K, V, S, U>(
  fn: MapWithStateFunction<K, V, S, U>,
  timeoutMs: number | undefined,
): StateStep<K, V, S, U> {
  return async ({ batchTime, operator, change, records, pause, leavesOut, leaveOut = fail }) => {
    const mapped: U[] = [];
    const attempt = (key: K, value: V | undefined, handle: StateHandle<S>): StateHandle<S> => {
      try {
        const made = synchronous('mapWithState', fn(key, value, handle, batchTime));
        // `OrTuple` only makes the compiler infer tuples.
        if (made !== undefined) mapped.push(made as U);
        return handle;
      } catch (error) {
        throw namedState(error, operator, key);
      } finally {
        handle.end();
      }
    };
    let calls = 0;
    /** Returns the handle after the call; undefined when the record is left out and changes nothing. */
    const call = (key: K, value: V | undefined, begin: () => StateHandle<S>): StateHandle<S> | undefined => {
      calls += 1;
      try {
        return attempt(key, value, begin());
      } catch (first) {
        return again(key, value, { begin, first });
      }
    };
    const again = (
      key: K,
      value: V | undefined,
      { begin, first }: { readonly begin: () => StateHandle<S>; readonly first: unknown },
    ): StateHandle<S> | undefined => {
      let error = first;
      ignoreRejection(first);
      if (leavesOut === true) {
        try {
          return attempt(key, value, begin());
        } catch (second) {
          error = second;
        }
      }
      leaveOut([key, value], error);
      return undefined;
    };
    const pauseNow = () => (calls % CALLS_PER_PAUSE === 0 ? pause() : undefined);
    const walk = change.walk(records);
    const begin = () => new StateHandle<S>(walk.exists, walk.value);
    // Without iterators: one iterator for each record takes a quarter of the time of a batch.
    for (let index = 0; index < records.length; index += 1) {
      const record = records[index] as Pair<K, V>;
      walk.moveTo(index);
      const handle = call(record[0], record[1], begin);
      const outcome = handle?.outcome ?? 'untouched';
      // With a timeout every record keeps its key alive, also a key that was only read.
      const isKept = outcome === 'updated' || (timeoutMs !== undefined && handle?.isThere === true);
      if (outcome === 'removed') walk.delete();
      else if (isKept) walk.set((handle as StateHandle<S>).current);
      const pausing = pauseNow();
      if (pausing !== undefined) await pausing;
    }
    if (timeoutMs === undefined) return mapped;
    for (const key of change.idleSince(batchTime - timeoutMs)) {
      // A key whose last call fails is removed all the same: the call would fail in every later batch.
      call(key, undefined, () => new StateHandle<S>(true, change.get(key)?.value, true));
      change.delete(key);
      const pausing = pauseNow();
      if (pausing !== undefined) await pausing;
    }
    return mapped;
  };
}

function fail(_record: unknown, error: unknown): never {
  throw error;
}

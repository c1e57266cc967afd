// The step of `dropDuplicates` for one batch of one partition: a record passes when no record of its key has passed in
// the last `withinMs` of batch time. The state of a key is the batch in which a record has passed, which a state store
// knows of each key; a batch therefore costs its records and the keys that are forgotten.
import { durationMs, operatorOptions, optionalPartitions } from '../graph/checked-argument.ts';
import type { StateStep } from './state-rdd.ts';

/** Options of `dropDuplicates`. */
export interface DropDuplicatesOptions {
  /**
   * After a record has passed, further records of its key are dropped for so many milliseconds, at least 1: of batch
   * time, or on streams with event time of event time. The memory holds the keys of this time.
   */
  readonly withinMs: number;
  /** Default: the environment's default parallelism. Keys are dealt to the new partitions when this number changes. */
  readonly partitions?: number;
}

/** The number of records between two pauses. */
const RECORDS_PER_PAUSE = 1_024;

/** Makes the step. The step returns the records that pass, in order of arrival. */
export function dropDuplicatesStep<K, T>(withinMs: number): StateStep<K, T, true, T> {
  return async ({ batchTime, change, records, pause }) => {
    for (const key of change.idleSince(batchTime - withinMs)) change.delete(key);
    const passed: T[] = [];
    let seen = 0;
    for (const [key, record] of records) {
      if (change.get(key) === undefined) {
        change.set(key, true);
        passed.push(record);
      }
      seen += 1;
      const pausing = seen % RECORDS_PER_PAUSE === 0 ? pause() : undefined;
      if (pausing !== undefined) await pausing;
    }
    return passed;
  };
}

/** @throws `MR_GRAPH_INVALID_ARGUMENT`. */
export function checkedDropDuplicates(given: DropDuplicatesOptions): DropDuplicatesOptions {
  const options = operatorOptions('dropDuplicates', given, { withinMs: 'any', partitions: 'any' });
  durationMs('dropDuplicates', 'withinMs', options.withinMs);
  optionalPartitions('dropDuplicates', options.partitions);
  return options;
}

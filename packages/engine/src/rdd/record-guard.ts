// The reaction of a loop to steps that fail, as the loop sees it. `StepGuard` is the reaction of a task.
import { lazyResults } from './step-results.ts';

/** Stands for the result of a step for a record that is left out. */
export const LEFT_OUT: unique symbol = Symbol('left out');

/** The reaction to steps that fail. Steps are numbered from 0 in the order of the chain. */
export interface RecordGuard {
  /**
   * Called with the error of a step for a record. Returns the result of a second call, the result of a `ReportedRecord`,
   * or `LEFT_OUT`.
   *
   * @throws when the record may not be left out.
   */
  again(step: number, record: unknown, error: unknown): unknown;
  /**
   * The results of a step that makes several records, checked. A step fails as a whole: no result of a record that is left
   * out may reach the next step.
   */
  listed(step: number, results: Iterable<unknown>, record: unknown): Iterable<unknown>;
}

/** Lets every failure end the loop. */
export const FAIL_AT_ONCE: RecordGuard = {
  again: (_step, _record, error) => {
    throw error;
  },
  listed: (_step, results) =>
    lazyResults('an operator', results, (error) => {
      throw error;
    }),
};

/** The guard of a part of a chain that begins with step `first`. */
export function guardFrom(first: number, guard: RecordGuard): RecordGuard {
  if (first === 0) return guard;
  return {
    again: (step, record, error) => guard.again(first + step, record, error),
    listed: (step, results, record) => guard.listed(first + step, results, record),
  };
}

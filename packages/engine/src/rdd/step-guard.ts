// The reaction of a loop to records for which a step fails. Under a rule that leaves records out, the function is called
// once more: an error that passes costs no record. The second error decides.
import { ignoreRejection } from '../record-errors/dead-record.ts';
import type { ComputationErrors } from '../record-errors/task-record-errors.ts';
import { failedRecordError, type OperatorPlace } from '../record-errors/failed-record-error.ts';
import { leavesOut } from '../record-errors/record-error-rule.ts';
import { ReportedRecord } from '../record-errors/reported-record.ts';
import type { RDD } from './rdd.ts';
import type { Step } from './rdd-definition.ts';
import { lazyResults, listOf, resultOf } from './step-results.ts';

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

/** A step in a chain, with the RDD and the partition that it computes. */
export interface PlacedStep {
  readonly step: Step;
  readonly rdd: RDD<unknown>;
  readonly partition: number;
}

/** The guard of the steps of one computation. */
export class StepGuard implements RecordGuard {
  readonly #steps: readonly PlacedStep[];
  readonly #errors: ComputationErrors;

  constructor(steps: readonly PlacedStep[], errors: ComputationErrors) {
    this.#steps = steps;
    this.#errors = errors;
  }

  again(index: number, record: unknown, error: unknown): unknown {
    const { step, place } = this.#at(index);
    let last = error;
    ignoreRejection(error);
    if (leavesOut(place.rule)) {
      try {
        return resultOf(step, record, (results) => listOf(step.kind, results));
      } catch (second) {
        last = second;
      }
    }
    const original = originalOf(step, record);
    if (ReportedRecord.is(last)) {
      this.#errors.report(place, original, last.error);
      return last.result;
    }
    this.#errors.leaveOut(place, original, last);
    return LEFT_OUT;
  }

  listed(index: number, results: Iterable<unknown>, record: unknown): Iterable<unknown> {
    const { step, place } = this.#at(index);
    if (leavesOut(place.rule)) return listOf(step.kind, results);
    return lazyResults(step.kind, results, (error) => {
      throw failedRecordError(place, originalOf(step, record), error);
    });
  }

  #at(index: number): { readonly step: Step; readonly place: OperatorPlace } {
    const { step, rdd, partition } = this.#steps[index] as PlacedStep;
    return { step, place: placeOf(rdd, partition) };
  }
}

/** The place of the operator that made an RDD. */
export function placeOf(rdd: RDD<unknown>, partition: number): OperatorPlace {
  return { rddId: rdd.id, partition, partitions: rdd.partitionCount, rule: rdd.recordErrorRule };
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

function originalOf({ original }: Step, record: unknown): unknown {
  return original === undefined ? record : (original as (record: unknown) => unknown)(record);
}

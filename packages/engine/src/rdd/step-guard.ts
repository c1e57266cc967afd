// The reaction of a loop to records for which a step fails. Under a rule that leaves records out, the function is called
// once more: an error that passes costs no record. The second error decides.
import { ignoreRejection } from '../record-errors/dead-record.ts';
import type { ComputationErrors } from '../record-errors/task-record-errors.ts';
import { failedRecordError, type OperatorPlace } from '../record-errors/failed-record-error.ts';
import { leavesOut } from '../record-errors/record-error-rule.ts';
import { ReportedRecord } from '../record-errors/reported-record.ts';
import type { RddNode } from './rdd-node.ts';
import { LEFT_OUT, type RecordGuard } from './record-guard.ts';
import type { Step } from './step.ts';
import { lazyResults, listOf, resultOf } from './step-results.ts';

/** A step in a chain, with the RDD and the partition that it computes. */
export interface PlacedStep {
  readonly step: Step;
  readonly rdd: RddNode<unknown>;
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
export function placeOf(rdd: RddNode<unknown>, partition: number): OperatorPlace {
  return { rddId: rdd.id, partition, partitions: rdd.partitionCount, rule: rdd.recordErrorRule };
}

function originalOf({ original }: Step, record: unknown): unknown {
  return original === undefined ? record : (original as (record: unknown) => unknown)(record);
}

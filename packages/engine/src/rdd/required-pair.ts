// Checks that the records of an operator on pairs are pairs. Types require pairs, but untyped code may pass other
// records: the key of a number is undefined, so all numbers of a batch would become one pair without a key and
// without a value.
import { describeValue } from '@millrace/core/engine';
import { rddError } from './rdd-errors.ts';

/** @throws `MR_RDD_RECORD_NOT_PAIR` unless the record is an array. */
export function requirePair(operator: string, record: unknown): void {
  if (!Array.isArray(record)) refuseNoPair(operator, record);
}

/** @throws `MR_RDD_RECORD_NOT_PAIR`. */
export function refuseNoPair(operator: string, record: unknown): never {
  throw rddError(
    'MR_RDD_RECORD_NOT_PAIR',
    `expected records of ${operator} to be pairs [key, value], got ${describeValue(record)}; map to pairs before`,
    { details: { operator } },
  );
}

// Checks numbers that operators receive, at the earliest moment: when the operator is called, not when it runs.
import { rddError } from './rdd-errors.ts';

/**
 * Returns `value` when it is a whole number of at least `least` (default 1), else throws `MR_RDD_INVALID_ARGUMENT`.
 */
export function positiveInteger(name: string, value: number, least = 1): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw rddError(
    'MR_RDD_INVALID_ARGUMENT',
    `expected ${name} to be a whole number of at least ${least}, got ${value}`,
    {
      details: { name, value },
    },
  );
}

/**
 * More partitions are a mistake: each costs a task in every batch, and a shuffle costs the product of both its
 * sides.
 */
export const PARTITIONS_MAX = 100_000;

/** As `positiveInteger`, for a number of partitions: at most `PARTITIONS_MAX`. */
export function partitionCount(name: string, value: number): number {
  if (positiveInteger(name, value) <= PARTITIONS_MAX) return value;
  throw rddError(
    'MR_RDD_INVALID_ARGUMENT',
    `expected ${name} to be at most ${PARTITIONS_MAX}, got ${value}`,
    { details: { name, value } },
  );
}

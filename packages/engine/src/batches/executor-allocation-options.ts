// The options of adding and retiring executors, with their defaults, checked once. The start of the driver resolves
// `minExecutors` and `maxExecutors`, which depend on the backend and the program.
import {
  describeValue,
  type Mismatch,
  numberAboveZero,
  optionError,
  type OptionTable,
  resolveOptions,
  wholeNumber,
} from '@millrace/core/engine';

/** Options of executor allocation. A ratio is the mean of processing time over the batch interval. */
export interface ExecutorAllocationOptions {
  /** The least number of executors. Default: the number of receivers, at least 1, at most `maxExecutors`. */
  readonly minExecutors: number;
  /** The largest number of executors. Default: the most that the backend can use, on threads the number of cores. */
  readonly maxExecutors: number;
  /** The time between two decisions about the number of executors, in milliseconds. Default 60,000. */
  readonly scalingIntervalMs: number;
  /**
   * The mean of processing time over the batch interval from which on executors are added: as many as the rounded ratio,
   * at least one. Default 0.9.
   */
  readonly scalingUpRatio: number;
  /**
   * The mean of processing time over the batch interval from which down one executor is retired. Default 0.3; below
   * `scalingUpRatio`.
   */
  readonly scalingDownRatio: number;
}

/** The given options; `minExecutors` and `maxExecutors` may be left to the backend and the program. */
export type ChosenExecutorAllocation = Omit<ExecutorAllocationOptions, 'minExecutors' | 'maxExecutors'> &
  Partial<Pick<ExecutorAllocationOptions, 'minExecutors' | 'maxExecutors'>>;

/** The defaults. */
export const DEFAULT_EXECUTOR_ALLOCATION = Object.freeze({
  scalingIntervalMs: 60_000,
  scalingUpRatio: 0.9,
  scalingDownRatio: 0.3,
});

/** The rules of the options. */
export const EXECUTOR_ALLOCATION_OPTION_RULES: OptionTable<ChosenExecutorAllocation> = {
  minExecutors: wholeNumber(),
  maxExecutors: wholeNumber(),
  scalingIntervalMs: wholeNumber(DEFAULT_EXECUTOR_ALLOCATION.scalingIntervalMs),
  scalingUpRatio: numberAboveZero(DEFAULT_EXECUTOR_ALLOCATION.scalingUpRatio),
  scalingDownRatio: numberAboveZero(DEFAULT_EXECUTOR_ALLOCATION.scalingDownRatio),
};

const OWNER = 'StreamingContext';
const PATH = 'executorAllocation';

/**
 * Fills in the defaults. `true`: with the defaults; `false` and undefined: the number of executors stays fixed, and the
 * result is undefined.
 *
 * @throws `MR_CONFIG_INVALID_OPTION` with every unknown name, every wrong value and every conflict.
 */
export function resolveExecutorAllocation(
  given: boolean | Partial<ExecutorAllocationOptions> = false,
): ChosenExecutorAllocation | undefined {
  if (given === false) return undefined;
  if (given !== true && (typeof given !== 'object' || given === null)) {
    throw optionError(OWNER, [
      { path: PATH, expected: 'expected true, false or an object', got: describeValue(given) },
    ]);
  }
  return resolveOptions({
    owner: OWNER,
    path: PATH,
    table: EXECUTOR_ALLOCATION_OPTION_RULES,
    given: given === true ? {} : given,
    together: mismatches,
  });
}

function mismatches(options: ChosenExecutorAllocation): readonly Mismatch<ChosenExecutorAllocation>[] {
  const { scalingUpRatio, scalingDownRatio, minExecutors = 1, maxExecutors = Infinity } = options;
  if (scalingUpRatio <= scalingDownRatio)
    return [{ name: 'scalingUpRatio', expected: `above scalingDownRatio, ${scalingDownRatio}` }];
  if (minExecutors > maxExecutors)
    return [{ name: 'maxExecutors', expected: `at least minExecutors, ${minExecutors}` }];
  return [];
}

/** The options of a program with this number of receivers, on a backend that can use this number of executors. */
export function boundExecutorAllocation(
  chosen: ChosenExecutorAllocation,
  { receivers, maxUseful }: { readonly receivers: number; readonly maxUseful: number },
): ExecutorAllocationOptions {
  const { maxExecutors = Math.max(maxUseful, chosen.minExecutors ?? 1) } = chosen;
  const { minExecutors = Math.min(Math.max(1, receivers), maxExecutors) } = chosen;
  return { ...chosen, minExecutors, maxExecutors };
}

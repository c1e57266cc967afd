// When executors are added and retired: the options with their defaults, checked once. What depends on the backend and
// the program, the least and the most, is settled when the driver starts.
import {
  describeValue,
  type Mismatch,
  numberAboveZero,
  optionError,
  type OptionTable,
  resolveOptions,
  wholeNumber,
} from '@millrace/core/engine';

/** Options of executor allocation. A ratio is processing time over the batch interval, on the mean. */
export interface ExecutorAllocationOptions {
  /** Never fewer than this. Default: as many as there are receivers, at least 1, at most `maxExecutors`. */
  readonly minExecutors: number;
  /** Never more than this. Default: as many as are of use to the backend, on threads the number of cores. */
  readonly maxExecutors: number;
  /** How often the number is thought about, in milliseconds. Default 60,000. */
  readonly scalingIntervalMs: number;
  /** At this ratio and above executors are added: as many as the ratio says, rounded, at least one. Default 0.9. */
  readonly scalingUpRatio: number;
  /** At this ratio and below one executor is retired. Default 0.3; below `scalingUpRatio`. */
  readonly scalingDownRatio: number;
}

/** What was chosen; the least and the most may be left to the backend and the program. */
export type ChosenExecutorAllocation = Omit<ExecutorAllocationOptions, 'minExecutors' | 'maxExecutors'> &
  Partial<Pick<ExecutorAllocationOptions, 'minExecutors' | 'maxExecutors'>>;

/** What applies where nothing is said. */
export const DEFAULT_EXECUTOR_ALLOCATION = Object.freeze({
  scalingIntervalMs: 60_000,
  scalingUpRatio: 0.9,
  scalingDownRatio: 0.3,
});

const RULES: OptionTable<ChosenExecutorAllocation> = {
  minExecutors: wholeNumber(),
  maxExecutors: wholeNumber(),
  scalingIntervalMs: wholeNumber(DEFAULT_EXECUTOR_ALLOCATION.scalingIntervalMs),
  scalingUpRatio: numberAboveZero(DEFAULT_EXECUTOR_ALLOCATION.scalingUpRatio),
  scalingDownRatio: numberAboveZero(DEFAULT_EXECUTOR_ALLOCATION.scalingDownRatio),
};

const OWNER = 'StreamingContext';
const PATH = 'executorAllocation';

/**
 * Fills in the defaults. `true`: with them; `false` and undefined: the number of executors stays as it is, and the
 * answer is undefined.
 *
 * @throws `MR_CONFIG_INVALID_OPTION` with every unknown name and wrong value, or those that do not go together.
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
    table: RULES,
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

/** The options of a program with so many receivers, on a backend to which so many executors are of use. */
export function boundExecutorAllocation(
  chosen: ChosenExecutorAllocation,
  { receivers, maxUseful }: { readonly receivers: number; readonly maxUseful: number },
): ExecutorAllocationOptions {
  const { maxExecutors = Math.max(maxUseful, chosen.minExecutors ?? 1) } = chosen;
  const { minExecutors = Math.min(Math.max(1, receivers), maxExecutors) } = chosen;
  return { ...chosen, minExecutors, maxExecutors };
}

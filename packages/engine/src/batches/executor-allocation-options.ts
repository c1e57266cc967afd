// When executors are added and retired: the options with their defaults, checked once. What depends on the backend and
// the program, the least and the most, is settled when the driver starts.
import { batchError } from './batch-errors.ts';

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

const WHOLE_NUMBERS: ReadonlySet<string> = new Set(['minExecutors', 'maxExecutors', 'scalingIntervalMs']);
const RATIOS: ReadonlySet<string> = new Set(['scalingUpRatio', 'scalingDownRatio']);

/**
 * Fills in the defaults. `true`: with them; `false` and undefined: the number of executors stays as it is, and the
 * answer is undefined.
 *
 * @throws `MR_BATCH_INVALID_OPTION` naming the option, its value and what is expected.
 */
export function resolveExecutorAllocation(
  given: boolean | Partial<ExecutorAllocationOptions> = false,
): ChosenExecutorAllocation | undefined {
  if (given === false) return undefined;
  if (given !== true && (typeof given !== 'object' || given === null)) {
    throw invalid('', given, 'true, false or an object');
  }
  const chosen: Partial<ExecutorAllocationOptions> = given === true ? {} : given;
  for (const [name, value] of Object.entries(chosen)) checkOption(name, value);
  const said = Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== undefined));
  const options: ChosenExecutorAllocation = { ...DEFAULT_EXECUTOR_ALLOCATION, ...said };
  const { scalingUpRatio, scalingDownRatio, minExecutors = 1, maxExecutors = Infinity } = options;
  if (scalingUpRatio <= scalingDownRatio) {
    throw invalid('.scalingUpRatio', scalingUpRatio, `above scalingDownRatio, ${scalingDownRatio}`);
  }
  if (minExecutors > maxExecutors) {
    throw invalid('.maxExecutors', maxExecutors, `at least minExecutors, ${minExecutors}`);
  }
  return Object.freeze(options);
}

/** The options of a program with so many receivers, on a backend to which so many executors are of use. */
export function settleExecutorAllocation(
  chosen: ChosenExecutorAllocation,
  { receivers, maxUseful }: { readonly receivers: number; readonly maxUseful: number },
): ExecutorAllocationOptions {
  const { maxExecutors = Math.max(maxUseful, chosen.minExecutors ?? 1) } = chosen;
  const { minExecutors = Math.min(Math.max(1, receivers), maxExecutors) } = chosen;
  return { ...chosen, minExecutors, maxExecutors };
}

function checkOption(name: string, value: unknown): void {
  const isWhole = WHOLE_NUMBERS.has(name);
  if (!isWhole && !RATIOS.has(name)) throw invalid(`.${name}`, value, 'left out: there is no such option');
  if (value === undefined) return;
  if (isWhole && !(Number.isSafeInteger(value) && Number(value) >= 1)) {
    throw invalid(`.${name}`, value, 'a whole number, at least 1');
  }
  if (!(Number.isFinite(value) && Number(value) > 0)) throw invalid(`.${name}`, value, 'a number above 0');
}

function invalid(name: string, value: unknown, expected: string): Error {
  const option = `executorAllocation${name}`;
  return batchError(
    'MR_BATCH_INVALID_OPTION',
    `${option} must be ${expected}, but is ${JSON.stringify(value) ?? String(value)}`,
    { details: { option, value } },
  );
}

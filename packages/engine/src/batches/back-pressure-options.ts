// How receivers are held to what the jobs can take: the options with their defaults, checked once.
import { batchError } from './batch-errors.ts';

/** Options of back-pressure, each per receiver. The hard limits are `receiving.maxRate` and `maxBytesPerSecond`. */
export interface BackPressureOptions {
  /**
   * Records per second until a batch was measured, so the bound of the first batch. Default 10,000. What is below the
   * capacity of the job grows to it within a few batches, what is above it costs one long batch.
   */
  readonly initialRate: number;
  /**
   * Records per second that are always allowed. Default 1: without records there would be no measurement, and the rate
   * could never rise again. Above 0, at most `initialRate`. Raise it only to what the slowest job can take.
   */
  readonly minRate: number;
}

/** What applies where nothing is said. */
export const DEFAULT_BACK_PRESSURE_OPTIONS: BackPressureOptions = Object.freeze({
  initialRate: 10_000,
  minRate: 1,
});

/**
 * Fills in the defaults. `true` and undefined: back-pressure with them; `false`: none, and the answer is undefined.
 *
 * @param maxRate The hard limit in records per second, 0 for none: it bounds the initial rate.
 * @throws `MR_BATCH_INVALID_OPTION` naming the option, its value and what is expected.
 */
export function resolveBackPressureOptions(
  given: boolean | Partial<BackPressureOptions> = true,
  maxRate = 0,
): BackPressureOptions | undefined {
  if (given === false) return undefined;
  if (given !== true && (typeof given !== 'object' || given === null)) {
    throw invalid('', given, 'true, false or an object');
  }
  const chosen: Partial<BackPressureOptions> = given === true ? {} : given;
  for (const [name, value] of Object.entries(chosen)) checkOption(name, value);
  const { initialRate: wanted = DEFAULT_BACK_PRESSURE_OPTIONS.initialRate } = chosen;
  const initialRate = maxRate > 0 ? Math.min(wanted, maxRate) : wanted;
  const { minRate = Math.min(DEFAULT_BACK_PRESSURE_OPTIONS.minRate, initialRate) } = chosen;
  if (minRate > initialRate) {
    throw invalid('.minRate', minRate, `at most initialRate and receiving.maxRate, ${initialRate}`);
  }
  return Object.freeze({ initialRate, minRate });
}

function checkOption(name: string, value: unknown): void {
  if (!Object.hasOwn(DEFAULT_BACK_PRESSURE_OPTIONS, name)) {
    throw invalid(`.${name}`, value, 'left out: there is no such option');
  }
  if (value === undefined || (Number.isFinite(value) && Number(value) > 0)) return;
  throw invalid(`.${name}`, value, 'a number above 0');
}

function invalid(name: string, value: unknown, expected: string): Error {
  const option = `backPressure${name}`;
  return batchError(
    'MR_BATCH_INVALID_OPTION',
    `${option} must be ${expected}, but is ${JSON.stringify(value) ?? String(value)}`,
    { details: { option, value } },
  );
}

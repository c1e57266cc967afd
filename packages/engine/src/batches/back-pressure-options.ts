// Limits of receivers by the capacity of the jobs (back-pressure): the options with their defaults, checked once.
import {
  describeValue,
  numberAboveZero,
  optionError,
  type OptionTable,
  resolveOptions,
} from '@millrace/core/engine';

/** Options of back-pressure, each per receiver. The hard limits are `receiving.maxRate` and `maxBytesPerSecond`. */
export interface BackPressureOptions {
  /**
   * Records per second until a batch was measured, and thereby the bound of the first batch. Default 10,000. A lower
   * rate grows to the capacity of the job within a few batches, a higher one costs one long batch.
   */
  readonly initialRate: number;
  /**
   * Records per second that are always allowed. Default 1. Without records there would be no measurement, and the rate
   * could never rise again. Above 0, at most `initialRate`. Set at most the capacity of the slowest job.
   */
  readonly minRate: number;
}

/** The defaults. */
export const DEFAULT_BACK_PRESSURE_OPTIONS: BackPressureOptions = Object.freeze({
  initialRate: 10_000,
  minRate: 1,
});

/** The rules of the options. The defaults depend on `receiving.maxRate`. */
export const BACK_PRESSURE_OPTION_RULES: OptionTable<BackPressureOptions> = {
  initialRate: numberAboveZero(),
  minRate: numberAboveZero(),
};

const OWNER = 'StreamingContext';
const PATH = 'backPressure';

/**
 * Fills in the defaults. `true` and undefined: back-pressure with the defaults; `false`: no back-pressure, and the
 * result is undefined.
 *
 * @param maxRate The hard limit in records per second, 0 for none; bounds the initial rate.
 * @throws `MR_CONFIG_INVALID_OPTION` with every unknown name, every wrong value and every conflict.
 */
export function resolveBackPressureOptions(
  given: boolean | Partial<BackPressureOptions> = true,
  maxRate = 0,
): BackPressureOptions | undefined {
  if (given === false) return undefined;
  if (given !== true && (typeof given !== 'object' || given === null)) {
    throw optionError(OWNER, [
      { path: PATH, expected: 'expected true, false or an object', got: describeValue(given) },
    ]);
  }
  const chosen = given === true ? {} : given;
  const said = resolveOptions<Partial<BackPressureOptions>>({
    owner: OWNER,
    path: PATH,
    table: BACK_PRESSURE_OPTION_RULES,
    given: chosen,
  });
  const { initialRate: wanted = DEFAULT_BACK_PRESSURE_OPTIONS.initialRate } = said;
  const initialRate = maxRate > 0 ? Math.min(wanted, maxRate) : wanted;
  const { minRate = Math.min(DEFAULT_BACK_PRESSURE_OPTIONS.minRate, initialRate) } = said;
  if (minRate > initialRate) {
    const expected = `expected at most initialRate and receiving.maxRate, ${initialRate}`;
    throw optionError(OWNER, [{ path: `${PATH}.minRate`, expected, got: describeValue(minRate) }]);
  }
  return Object.freeze({ initialRate, minRate });
}

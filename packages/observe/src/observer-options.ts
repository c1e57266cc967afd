// The options of an observer, with their defaults.
import { option, type OptionTable, resolveOptions, wholeNumber } from '@millrace/core/engine';
import { DEFAULT_BUCKETS } from './counters/duration-histogram.ts';

/** Options of an observer. */
export interface ObserverOptions {
  /** The upper bounds of the buckets of all histograms, in seconds: 1 to 50 growing numbers. Default: 14 from 1 ms to 60 s. */
  readonly buckets: readonly number[];
  /** The number of active receivers from which the engine is ready. Default: all that have not ended. */
  readonly minReceivers?: number;
  /** The time for which the engine may be behind and still be ready, in milliseconds. Default 60,000. */
  readonly readyBehindMs: number;
  /** The time zone of times in words, for instance `Europe/Berlin`. Default: that of the process. */
  readonly timeZone?: string;
}

/** The rules of the options. */
export const OBSERVER_OPTION_RULES: OptionTable<ObserverOptions> = {
  buckets: option('1 to 50 growing numbers above 0', areBuckets, DEFAULT_BUCKETS),
  minReceivers: wholeNumber(undefined, 0),
  readyBehindMs: wholeNumber(60_000, 0),
  timeZone: option("the name of a time zone, for instance 'Europe/Berlin'", isTimeZone),
};

/** Fills in the defaults. @throws `MR_CONFIG_INVALID_OPTION` with every unknown name and wrong value. */
export function resolveObserverOptions(given?: Partial<ObserverOptions>): ObserverOptions {
  const options = resolveOptions<ObserverOptions>({
    owner: 'EngineObserver',
    table: OBSERVER_OPTION_RULES,
    given,
  });
  return { ...options, buckets: Object.freeze([...options.buckets]) };
}

function areBuckets(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length >= 1 &&
    value.length <= 50 &&
    value.every((bound, index) => Number.isFinite(bound) && bound > (index === 0 ? 0 : value[index - 1]))
  );
}

function isTimeZone(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  // Throws for an unknown zone, which counts as a wrong value.
  return new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone !== '';
}

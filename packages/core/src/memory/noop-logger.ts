// A logger for those who do not want one: tests that look at other things, benchmarks.
import type { Logger } from '../contracts/logger.ts';

/** Writes nothing. */
export class NoopLogger implements Logger {
  debug(): void {}
  info(): void {}
  warn(): void {}
  error(): void {}

  /** Itself: there is nothing to add fields to. */
  child(): Logger {
    return this;
  }
}

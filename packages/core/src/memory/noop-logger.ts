// A logger without output: for tests of other components, and for benchmarks.
import type { Logger } from '../contracts/logger.ts';

/** Writes nothing. */
export class NoopLogger implements Logger {
  debug(): void {}
  info(): void {}
  warn(): void {}
  error(): void {}

  /** Returns the same logger: there are no lines for the fields. */
  child(): Logger {
    return this;
  }
}

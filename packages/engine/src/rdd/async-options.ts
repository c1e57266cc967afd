// The options of asynchronous operators, checked when the operator is called.
import { flag, type OptionTable, resolveOptions, wholeNumber } from '@millrace/core/engine';

/** Options of an asynchronous operator. */
export interface AsyncOptions {
  /**
   * Calls under way at once in one task. An executor runs several tasks at once, one for each of its cores. Default 16.
   */
  readonly concurrency: number;
  /**
   * True: results come in the order of their records. False: results come in the order in which calls end, which may
   * differ when a batch runs again. Default true.
   */
  readonly ordered: boolean;
  /**
   * Milliseconds for one attempt. An attempt that takes longer is aborted and has failed. Default: an attempt may take
   * any time.
   */
  readonly timeoutMs?: number;
  /**
   * Attempts at one record, with a pause between them that grows from 0.1 s to 10 s. The record has failed when its last
   * attempt fails. Where failed records are left out (`onRecordError`), there are at least 2 attempts. Default 1.
   */
  readonly attempts: number;
}

/** The rules of the options. */
export const ASYNC_OPTION_RULES: OptionTable<AsyncOptions> = {
  concurrency: wholeNumber(16),
  ordered: flag(true),
  timeoutMs: wholeNumber(),
  attempts: wholeNumber(1),
};

/** The options of an operator, complete. @throws `MR_CONFIG_INVALID_OPTION`. */
export function resolveAsyncOptions(operator: string, given: unknown): AsyncOptions {
  return resolveOptions({ owner: operator, table: ASYNC_OPTION_RULES, given });
}

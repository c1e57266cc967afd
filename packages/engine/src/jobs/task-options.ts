// Options of tasks: placement, retries and speculation, with their defaults.
import { flag, type OptionTable, resolveOptions, wholeNumber } from '@millrace/core/engine';

/** Options of tasks. Times in milliseconds. */
export interface TaskOptions {
  /** Number of failures of one task after which its job fails. Default 4. */
  readonly maxFailures: number;
  /**
   * Number of losses of one task after which its job fails: a lost executor, or a missing output that was lost with
   * an executor. Losses are not failures of the task, but a task that ends its executors each time must end itself.
   * Default 16.
   */
  readonly maxLosses: number;
  /**
   * Longest wait of a task for the executor that has its block, or a cached partition, while another executor is
   * free. Default 3,000. Tasks of state wait as long as the executor lives. Only for executors with a memory of
   * their own.
   */
  readonly localityWaitMs: number;
  /**
   * Speculation: runs a task that takes much longer than the others of its stage a second time, on another
   * executor; the first answer counts. Set this option when the program's functions return the same for the same
   * records, and have no side effects: a copy calls them again. Tasks of state and of `foreachPartition` are not
   * copied. Only for executors with a memory of their own. Default false.
   */
  readonly speculation: boolean;
}

/** The rules of the options. */
export const TASK_OPTION_RULES: OptionTable<TaskOptions> = {
  maxFailures: wholeNumber(4),
  maxLosses: wholeNumber(16),
  localityWaitMs: wholeNumber(3_000, 0),
  speculation: flag(false),
};

/** Fills in the defaults. @throws `MR_CONFIG_INVALID_OPTION` with every unknown name and wrong value. */
export function resolveTaskOptions(given: Partial<TaskOptions> = {}): TaskOptions {
  return resolveOptions({ owner: 'StreamingContext', path: 'tasks', table: TASK_OPTION_RULES, given });
}

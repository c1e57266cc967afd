// How tasks are placed, tried again and copied: the options with their defaults.
import { flag, type OptionTable, resolveOptions, wholeNumber } from '@millrace/core/engine';

/** Options of tasks. Times in milliseconds. */
export interface TaskOptions {
  /** How often a task may fail before its job does. Default 4. */
  readonly maxFailures: number;
  /**
   * How often a task may lose its executor, or miss the output of another task that went with an executor, before its job
   * fails. These are not failures of the task, but a task that ends its executors each time must end itself. Default 16.
   */
  readonly maxLosses: number;
  /**
   * How long a task waits for the executor that has its block, or a partition that was cached, while another one is free.
   * Default 3,000. Tasks of state wait as long as the executor lives. Only for executors with a memory of their own.
   */
  readonly localityWaitMs: number;
  /**
   * Runs a task that takes much longer than the others of its stage a second time, on another executor; the first answer
   * counts. Set it when the program's functions give the same for the same records, and do nothing else: a copy calls them
   * again. Tasks of state and of `foreachPartition` are not copied. Only for executors with a memory of their own. Default
   * false.
   */
  readonly speculation: boolean;
}

const RULES: OptionTable<TaskOptions> = {
  maxFailures: wholeNumber(4),
  maxLosses: wholeNumber(16),
  localityWaitMs: wholeNumber(3_000, 0),
  speculation: flag(false),
};

/** Fills in the defaults. @throws `MR_CONFIG_INVALID_OPTION` with every unknown name and wrong value. */
export function resolveTaskOptions(given: Partial<TaskOptions> = {}): TaskOptions {
  return resolveOptions({ owner: 'StreamingContext', path: 'tasks', table: RULES, given });
}

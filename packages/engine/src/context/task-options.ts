// How tasks are placed, tried again and copied: the options with their defaults.
import { contextError } from './context-errors.ts';

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

const DEFAULTS: TaskOptions = Object.freeze({
  maxFailures: 4,
  maxLosses: 16,
  localityWaitMs: 3_000,
  speculation: false,
});

/** Fills in the defaults. @throws `MR_CONTEXT_INVALID_OPTION`. */
export function resolveTaskOptions(given: Partial<TaskOptions> = {}): TaskOptions {
  const options = { ...DEFAULTS, ...given };
  const unknown = Object.keys(options).find((name) => !(name in DEFAULTS));
  if (unknown !== undefined) throw invalid(unknown, 'left out: there is no such option');
  if (!Number.isSafeInteger(options.maxFailures) || options.maxFailures < 1)
    throw invalid('maxFailures', 'a whole number, at least 1');
  if (!Number.isSafeInteger(options.maxLosses) || options.maxLosses < 1)
    throw invalid('maxLosses', 'a whole number, at least 1');
  if (!Number.isSafeInteger(options.localityWaitMs) || options.localityWaitMs < 0)
    throw invalid('localityWaitMs', 'a whole number of milliseconds');
  if (typeof options.speculation !== 'boolean') throw invalid('speculation', 'true or false');
  return Object.freeze(options);
}

function invalid(option: string, expected: string): Error {
  return contextError('MR_CONTEXT_INVALID_OPTION', `tasks.${option} must be ${expected}`, {
    details: { option: `tasks.${option}` },
  });
}

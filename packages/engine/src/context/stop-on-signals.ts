// Reactions to Ctrl-C and `kill`, as operators expect: the first signal requests a graceful stop, the second an
// immediate one.
import { constants } from 'node:os';
import type { Logger } from '@millrace/core';
import { asError, flag, option, type OptionTable, resolveOptions } from '@millrace/core/engine';
import { patience } from './stop-options.ts';
import type { StopReport } from '../driver/stop-report.ts';

/** Options of stopping on signals. */
export interface StopOnSignalsOptions {
  /** Default SIGINT and SIGTERM. */
  readonly signals?: readonly NodeJS.Signals[];
  /** The deadline of the graceful stop, in milliseconds from the signal; default: that of `stop`. */
  readonly deadlineMs?: number;
  /** As in `StopOptions`: true hands over to a driver that stands by. Default false. */
  readonly handOver?: boolean;
  /**
   * Called at each signal, before anything is stopped. An error of the callback is logged, and the context stops
   * all the same.
   */
  readonly onSignal?: (signal: NodeJS.Signals) => void;
  /** Called with the report of the stop. An error of the callback is logged. */
  readonly onStopped?: (report: StopReport) => void;
}

/** The context to stop. */
export interface Stoppable {
  stop(options: {
    readonly graceful: boolean;
    readonly deadlineMs?: number;
    readonly handOver: boolean;
  }): Promise<StopReport>;
}

const isFunction = (value: unknown): boolean => typeof value === 'function';

const RULES: OptionTable<StopOnSignalsOptions> = {
  signals: option(
    "a list of names of signals, for instance ['SIGTERM']",
    (value) => Array.isArray(value) && value.every((name) => Object.hasOwn(constants.signals, String(name))),
    ['SIGINT', 'SIGTERM'],
  ),
  deadlineMs: patience,
  handOver: flag(false),
  onSignal: option('a function', isFunction),
  onStopped: option('a function', isFunction),
};

/**
 * Installs the handlers. Returns a function that removes them, to be called when the context has stopped.
 *
 * @throws `MR_CONFIG_INVALID_OPTION`.
 */
export function stopOnSignals(
  target: { readonly context: Stoppable; readonly log: Logger },
  given: StopOnSignalsOptions = {},
): () => void {
  const { context, log } = target;
  const options = resolveOptions<StopOnSignalsOptions>({ owner: 'stopOnSignals', table: RULES, given });
  const { signals = [], deadlineMs, handOver = false, onSignal, onStopped } = options;
  // An exception out of a signal handler would end the process before the context has stopped.
  const call = async <T>(name: string, fn: ((value: T) => unknown) | undefined, value: T): Promise<void> => {
    try {
      await fn?.(value);
    } catch (thrown) {
      log.error(`${name} of stopOnSignals threw`, { error: asError(thrown) });
    }
  };
  let isAsked = false;
  const handle = (signal: NodeJS.Signals): void => {
    void call('onSignal', onSignal, signal);
    const graceful = !isAsked;
    isAsked = true;
    // `stop` never rejects: errors are in its report.
    void context
      .stop({ graceful, handOver, ...(graceful && deadlineMs !== undefined ? { deadlineMs } : {}) })
      .then((report) => (graceful ? call('onStopped', onStopped, report) : undefined));
  };
  for (const signal of signals) process.on(signal, handle);
  return () => {
    for (const signal of signals) process.off(signal, handle);
  };
}

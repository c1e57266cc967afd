// Options of a stop, checked before anything is stopped: a wrong deadline must not end a stop on its way.
import { flag, option, type OptionRule, type OptionTable, resolveOptions } from '@millrace/core/engine';

/** Options of stopping a context. */
export interface StopOptions {
  /**
   * True: receivers stop first, their stored records are pushed, every block gets a batch, every batch completes.
   * False: everything ends at once. Default true.
   */
  readonly graceful?: boolean;
  /**
   * Latest end of the stop, in milliseconds from the call; `Infinity`: no deadline. Default 10 batch intervals, at
   * least 10 s, when graceful; else 2 s.
   */
  readonly deadlineMs?: number;
  /**
   * With several drivers of one application (the port `DriverLease`). True: a driver that stands by takes over at once, as
   * for a restart or a move to another host. False: the application stops, and drivers that stand by end as well. A
   * driver that fails always hands over. Default false.
   */
  readonly handOver?: boolean;
}

/** A length of time from now that may be endless. */
export const patience: OptionRule<number> = option(
  'milliseconds, at least 0, or Infinity',
  (value) => typeof value === 'number' && value >= 0,
);

const RULES: OptionTable<Required<StopOptions>> = {
  graceful: flag(true),
  deadlineMs: patience,
  handOver: flag(false),
};

/** @throws `MR_CONFIG_INVALID_OPTION`. */
export function resolveStopOptions(given: StopOptions): {
  readonly graceful: boolean;
  readonly deadlineMs?: number;
  readonly handOver: boolean;
} {
  return resolveOptions({ owner: 'stop', table: RULES, given });
}

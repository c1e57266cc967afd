// The type of a sink check.
import type { SinkTrial } from './sink-trial.ts';

/** A check; `run` throws when the sink violates the rule. */
export interface SinkCheck {
  /** The proven rule of `docs/spec/sink.md`. */
  readonly rule: `SINK-${number}`;
  /** The property of a passing sink. */
  readonly title: string;
  /** The likely cause of a failure. */
  readonly look: string;
  /** Runs the check with a trial whose sink is open. */
  run<T>(trial: SinkTrial<T>, options: { readonly seed: number }): Promise<void>;
}

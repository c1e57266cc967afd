// One thing to prove of a sink.
import type { SinkTrial } from './sink-trial.ts';

/** A check: it throws when the sink does not do what the rule says. */
export interface SinkCheck {
  /** The rule of `docs/spec/sink.md` that it proves. */
  readonly rule: `SINK-${number}`;
  /** What is true of a sink that passes. */
  readonly title: string;
  /** Where to look when it fails. */
  readonly look: string;
  /** Runs it with a trial whose sink is open. */
  run<T>(trial: SinkTrial<T>, options: { readonly seed: number }): Promise<void>;
}

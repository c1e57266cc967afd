// One condition that a plugin has to fulfil before publishing. Checks read the packed tarball, because users get the
// tarball; the author's folder is only its source.
import type { PluginTarball } from './plugin-tarball.ts';

/** A problem in one line: the expectation, the actual value, and the remedy. */
export type Problem = string;

/** A check. */
export interface PluginCheck {
  /** In kebab case, for reports. */
  readonly id: string;
  /** The condition that a plugin without problems fulfils. */
  readonly title: string;
  /** Runs the check and returns the problems; empty without problems. */
  find(plugin: PluginTarball): readonly Problem[] | Promise<readonly Problem[]>;
  /** A remark for the reader of the outcome, for instance about something that was not checked. */
  note?(plugin: PluginTarball): string | undefined;
}

/** The result of a check. */
export interface CheckOutcome {
  readonly id: string;
  readonly title: string;
  readonly problems: readonly Problem[];
  /** Absent without a remark. */
  readonly note?: string;
}

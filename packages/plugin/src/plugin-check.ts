// One thing that has to be true of a plugin before it is published. Checks look at the packed tarball, because that is
// what users get; the author's folder only helps to make it.
import type { PluginTarball } from './plugin-tarball.ts';

/** Something to mend, in one line: what was expected, what came, what to do. */
export type Problem = string;

/** A check. */
export interface PluginCheck {
  /** In kebab case, for reports. */
  readonly id: string;
  /** What is true of a plugin without problems. */
  readonly title: string;
  /** Looks, and answers with what has to be mended; nothing when all is well. */
  find(plugin: PluginTarball): readonly Problem[] | Promise<readonly Problem[]>;
}

/** What a check found. */
export interface CheckOutcome {
  readonly id: string;
  readonly title: string;
  readonly problems: readonly Problem[];
}

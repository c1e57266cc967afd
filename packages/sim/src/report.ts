// The report of a long run, of any kind of world.
import type { Ran } from './worker-messages.ts';

/** See the header of this file. */
export interface Report {
  readonly seeds: number;
  readonly failed: readonly Ran[];
  /** A short summary of reached faults and states. */
  readonly reached: string;
  /** True when everything was reached that this many seeds should reach. */
  readonly isCovered: boolean;
  /** The pairs of a fault and a state that never occurred, although both occurred, by name. */
  readonly emptyPairs: readonly string[];
  /** Adds the result of a seed. */
  add(ran: Ran): void;
  /** The whole report. */
  lines(elapsedMs: number): readonly string[];
}

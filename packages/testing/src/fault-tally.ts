// What went wrong with a faulty disk so far, by kind. A test that survives faults proves nothing unless they happened:
// it asks here, and fails when a kind never came up.
import type { FaultyOperation } from './faulty-machine.ts';

/**
 * A kind of fault. `short append`: part of the bytes arrived before the failure. `lost page`, `torn page`, `lost name`:
 * what was not synced and is gone. `old page`: a lost page that was written over, so that its old content is back.
 * `lost before kept`: a page is gone and a later one of the same file is not.
 * `cut off`: the machine stopped in the middle of an operation.
 */
export type FaultKind =
  | `failed ${FaultyOperation}`
  | 'short append'
  | 'full disk'
  | 'lost page'
  | 'old page'
  | 'torn page'
  | 'lost before kept'
  | 'lost name'
  | 'cut off'
  | 'flipped bit';

/** Counts faults over all lives of a disk. */
export class FaultTally {
  readonly #counts = new Map<FaultKind, number>();

  /** A fault came up, or several of a kind. */
  note(kind: FaultKind, times = 1): void {
    if (times > 0) this.#counts.set(kind, this.of(kind) + times);
  }

  /** How often a kind came up. */
  of(kind: FaultKind): number {
    return this.#counts.get(kind) ?? 0;
  }

  /** Every kind that came up, with how often. */
  all(): ReadonlyMap<FaultKind, number> {
    return new Map(this.#counts);
  }
}

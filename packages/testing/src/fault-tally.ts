// Counts the faults of a faulty disk by kind. A test of fault tolerance proves nothing unless faults really occur: such
// a test reads these counts and fails when a kind never occurred.
import type { FaultyOperation } from './faulty-operation.ts';

/**
 * A kind of fault. `short append`: the failure left part of the bytes. `lost page`, `torn page`, `lost name`: unsynced
 * data is gone. `old page`: a lost page had been overwritten, so the old content is back. `lost before kept`: a page is
 * gone and a later page of the same file is not. `cut off`: the machine stopped in the middle of an operation.
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

/** Counts faults across all lives of a disk. */
export class FaultTally {
  readonly #counts = new Map<FaultKind, number>();

  /** Counts one fault of a kind, or several. */
  note(kind: FaultKind, times = 1): void {
    if (times > 0) this.#counts.set(kind, this.of(kind) + times);
  }

  /** The number of faults of a kind. */
  of(kind: FaultKind): number {
    return this.#counts.get(kind) ?? 0;
  }

  /** The number of faults of every kind that occurred. */
  all(): ReadonlyMap<FaultKind, number> {
    return new Map(this.#counts);
  }
}

// The state of one key.
import type { BatchTime } from '@millrace/core';

/** The state of a key. */
export interface KeyState<S> {
  readonly value: S;
  /** The batch that touched the key last. */
  readonly touchedAt: BatchTime;
}

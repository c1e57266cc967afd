// The description of a package's keeper of a block log for the kit.
import type { BlockId, BlockLogKeeper, StoredBlock } from '@millrace/core';
import type { TargetSubject } from '../kit/with-target.ts';

/** A log for blocks and the keepers of its drivers. A check whose hook is missing does not apply. */
export interface BlockLogKeeperTarget {
  /** The keeper of a driver, open; a second call is the keeper of the driver that takes over. Nothing is told yet. */
  beginDriver(): BlockLogKeeper | Promise<BlockLogKeeper>;
  /** Stores a block in the log, as the handler of an executor does. */
  store(id: BlockId): Promise<StoredBlock>;
  /** True when the block can be read from the log. */
  has(stored: StoredBlock): Promise<boolean>;
  /** Resolves when the keeper has done everything that the calls so far permit. */
  settled(): Promise<void>;
  /** Lets so much time pass that no executor will register a block any more that is stored now. */
  passGrace?(): void | Promise<void>;
  dispose?(): void | Promise<void>;
}

/** The claims of a keeper: none. */
export type BlockLogKeeperCapabilities = Readonly<Record<never, never>>;

/** The subject of the kit. */
export type BlockLogKeeperSubject = TargetSubject<BlockLogKeeperTarget, BlockLogKeeperCapabilities>;

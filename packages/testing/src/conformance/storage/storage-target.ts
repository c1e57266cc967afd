// What a package with a storage tells the kit.
import type { Storage } from '@millrace/core';
import type { TargetSubject } from '../kit/with-target.ts';

/** A holder of a lock outside of this process. */
export interface ForeignHolder {
  /** Ends the process without any clean-up. Resolves when it is gone. */
  kill(): Promise<void>;
}

/** A disk with an empty directory. Hooks that are missing make checks not apply. */
export interface StorageTarget {
  readonly storage: Storage;
  /** Empty, and there. */
  readonly directory: string;
  /** Takes all room away, or gives it back. */
  setFull?(isFull: boolean): void;
  /** The machine loses power; answers with its disk afterwards. */
  losePower?(): Storage;
  /** Another process takes a lock; resolves when it has it. */
  lockElsewhere?(path: string): Promise<ForeignHolder>;
  /** Makes a link to a file. */
  makeLink?(target: string, path: string): Promise<void>;
  /** Makes an entry that cannot be looked at, for instance a link that leads to itself. */
  makeUnseen?(path: string): Promise<void>;
  /** Makes an entry that is neither file nor directory, for instance a FIFO. */
  makeSpecial?(path: string): Promise<void>;
  /** Removes a file beside the storage, as another process would. */
  takeAway?(path: string): Promise<void>;
  /** The permissions that a file or directory has. */
  permissionsOf?(path: string): Promise<number>;
  dispose?(): void | Promise<void>;
}

/** What a storage claims. */
export interface StorageCapabilities {
  /** What a synced file survives. */
  readonly durability: 'memory' | 'process' | 'machine';
}

/** What the kit is given. */
export type StorageSubject = TargetSubject<StorageTarget, StorageCapabilities>;

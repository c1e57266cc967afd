// The description of a package's storage for the kit.
import type { Storage } from '@millrace/core';
import type { TargetSubject } from '../kit/with-target.ts';

/** A lock owner outside of this process. */
export interface ForeignHolder {
  /** Kills the process without any clean-up. Resolves after the death. */
  kill(): Promise<void>;
}

/** A disk with an empty directory. A check whose hook is missing does not apply. */
export interface StorageTarget {
  readonly storage: Storage;
  /** An existing, empty directory. */
  readonly directory: string;
  /** Fills the disk, or frees the space again. */
  setFull?(isFull: boolean): void;
  /** The machine loses power; returns the disk afterwards. */
  losePower?(): Storage;
  /** Makes another process take a lock; resolves once the lock is held. */
  lockElsewhere?(path: string): Promise<ForeignHolder>;
  /** Makes a link to a file. */
  makeLink?(target: string, path: string): Promise<void>;
  /** Makes an entry whose stat fails, for instance a link to itself. */
  makeUnseen?(path: string): Promise<void>;
  /** Makes an entry that is neither file nor directory, for instance a FIFO. */
  makeSpecial?(path: string): Promise<void>;
  /** Removes a file without the storage, like another process. */
  takeAway?(path: string): Promise<void>;
  /** The permissions of a file or directory. */
  permissionsOf?(path: string): Promise<number>;
  dispose?(): void | Promise<void>;
}

/** The claims of a storage. */
export interface StorageCapabilities {
  /** The worst failure that a synced file survives. */
  readonly durability: 'memory' | 'process' | 'machine';
}

/** The subject of the kit. */
export type StorageSubject = TargetSubject<StorageTarget, StorageCapabilities>;

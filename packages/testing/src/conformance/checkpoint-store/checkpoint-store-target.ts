// What a package with a checkpoint store tells the kit. For a store on the `Storage` port, `checkpointsOnStorage` knows
// all of it.
import {
  type CheckpointStore,
  type Logger,
  type ManagedResource,
  SeededRandom,
  type Storage,
} from '@millrace/core';
import { FaultyStorage } from '../../faulty-storage.ts';
import { RecordingLogger } from '../../recording-logger.ts';
import type { TargetSubject } from '../kit/with-target.ts';

/** A store, opened and closed where it can be. */
export type ManagedCheckpointStore = CheckpointStore & ManagedResource;

/** A place for checkpoints, empty at first. Hooks that are missing make checks not apply. */
export interface CheckpointStoreTarget {
  /** A store over this place, not opened. */
  createStore(): ManagedCheckpointStore;
  /** The process dies. Earlier stores are not used again. */
  crashProcess?(): void;
  /** The machine loses power. */
  crashMachine?(): void;
  /** Lets so many more operations begin, and stops in the middle of the last. Resolves then. */
  haltAfter?(operations: number): Promise<void>;
  /** Makes a checkpoint unreadable, behind the store's back. */
  damage?(batchTime: number): void;
  /** Makes a part unreadable, behind the store's back. */
  damagePart?(part: number): void;
  /** From now on writing fails, or works again. */
  setFailing?(isFailing: boolean): void;
  /** How many warnings were logged so far. */
  warnings?(): number;
  dispose?(): void | Promise<void>;
}

/** What a store claims. */
export interface CheckpointStoreCapabilities {
  /** What a resolved `write` survives. */
  readonly durability: 'memory' | 'process' | 'machine';
}

/** What the kit is given. */
export type CheckpointStoreSubject = TargetSubject<CheckpointStoreTarget, CheckpointStoreCapabilities>;

/** How a store on the `Storage` port is made, and where a checkpoint is. */
export interface CheckpointsOnStorageOptions {
  readonly createStore: (ports: {
    readonly storage: Storage;
    readonly log: Logger;
  }) => ManagedCheckpointStore;
  /** The file of a checkpoint. */
  readonly pathOf: (batchTime: number) => string;
  /** The file of a part. */
  readonly pathOfPart: (part: number) => string;
}

/** Makes the `create` of a subject for a store on the `Storage` port: a faulty disk in memory. */
export function checkpointsOnStorage(options: CheckpointsOnStorageOptions): () => CheckpointStoreTarget {
  return () => {
    const log = new RecordingLogger();
    let disk = new FaultyStorage({ random: new SeededRandom(1) });
    return {
      createStore: () => options.createStore({ storage: disk, log }),
      crashProcess: () => {
        disk = disk.crashProcess();
      },
      crashMachine: () => {
        disk = disk.crash();
      },
      haltAfter: (operations) => disk.haltAfter(operations),
      damage: (batchTime) => void disk.flipBit(options.pathOf(batchTime)),
      damagePart: (part) => void disk.flipBit(options.pathOfPart(part)),
      setFailing: (isFailing) => {
        disk.faults = isFailing ? { append: 1 } : {};
      },
      warnings: () => log.messages('warn').length,
    };
  };
}

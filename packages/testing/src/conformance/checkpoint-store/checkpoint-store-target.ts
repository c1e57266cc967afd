// The description of a package's checkpoint store for the kit. `checkpointsOnStorage` supplies the whole description
// for a store on the `Storage` port.
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

/** A store with open and close, where the store has both. */
export type ManagedCheckpointStore = CheckpointStore & ManagedResource;

/** A location for checkpoints, empty at first. A check whose hook is missing does not apply. */
export interface CheckpointStoreTarget {
  /** An unopened store over this location. */
  createStore(): ManagedCheckpointStore;
  /** The process dies. Earlier stores are not used again. */
  crashProcess?(): void;
  /** The machine loses power. */
  crashMachine?(): void;
  /** Lets this many more operations begin and stops in the middle of the last one. Resolves at the stop. */
  haltAfter?(operations: number): Promise<void>;
  /** Makes a checkpoint unreadable, behind the store's back. */
  damage?(batchTime: number): void | Promise<void>;
  /** Makes a part unreadable, behind the store's back. */
  damagePart?(part: number): void | Promise<void>;
  /** Makes all further writes fail, or makes writes work again. */
  setFailing?(isFailing: boolean): void | Promise<void>;
  /** The number of warnings logged so far. */
  warnings?(): number;
  dispose?(): void | Promise<void>;
}

/** The claims of a store. */
export interface CheckpointStoreCapabilities {
  /** The worst failure that a resolved `write` survives. */
  readonly durability: 'memory' | 'process' | 'machine';
  /**
   * True when drivers on several machines reach the store: the first call of a driver takes it over (`CHECKPOINT-20`). Each store of
   * a target is then the one of a driver. Default false.
   */
  readonly takesOver?: boolean;
}

/** The subject of the kit. */
export type CheckpointStoreSubject = TargetSubject<CheckpointStoreTarget, CheckpointStoreCapabilities>;

/** Options for a store on the `Storage` port: its construction, and the files of its checkpoints. */
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

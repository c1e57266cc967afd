// The target of a log that keeps its entries on the `Storage` port: a faulty disk in memory with all disk faults. A
// package only supplies a factory over given ports.
import { posix } from 'node:path';
import {
  type Clock,
  type LogHandle,
  type Logger,
  ManualClock,
  type RandomSource,
  SeededRandom,
  type Storage,
} from '@millrace/core';
import { FaultyStorage } from '../../faulty-storage.ts';
import { RecordingLogger } from '../../recording-logger.ts';
import { HeldStorage } from './held-storage.ts';
import type { CopiedFile, LogFactory, WriteAheadLogTarget } from './write-ahead-log-target.ts';

/** The ports of a log. */
export interface LogPorts {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly log: Logger;
}

/** Options of a log: its construction, and the location of payloads. */
export interface LogOnStorageOptions {
  /** Makes a factory that has not opened any log yet. */
  readonly createFactory: (ports: LogPorts) => LogFactory;
  /**
   * The location of the first payload byte of an entry. Without this option, no entry is damaged and no file is copied.
   */
  readonly payloadAt?: (handle: LogHandle) => { readonly path: string; readonly offset: number };
  /**
   * See `WriteAheadLogTarget.raiseFormat`; the files belong to the disk. Without this option, formats are not checked.
   */
  readonly raiseFormat?: (name: string, files: LogFiles) => void | Promise<void>;
  /** Seeds the disk. Default 1. */
  readonly seed?: number;
}

/** The files of the disk, whole. */
export type LogFiles = Pick<FaultyStorage, 'list' | 'readFile' | 'writeFile'>;

const START_MS = 1_000_000;

/** Makes the `create` of a `WriteAheadLogSubject` for a log on the `Storage` port. */
export function logOnStorage(options: LogOnStorageOptions): () => WriteAheadLogTarget {
  return () => {
    const { createFactory, payloadAt, raiseFormat, seed = 1 } = options;
    const random = new SeededRandom(seed);
    const clock = new ManualClock(START_MS);
    const log = new RecordingLogger();
    let disk = new FaultyStorage({ random });
    let held = new HeldStorage(disk);
    const restartOn = (next: FaultyStorage) => {
      disk = next;
      held = new HeldStorage(disk);
    };
    const target: WriteAheadLogTarget = {
      createFactory: () => createFactory({ storage: held, clock, random, log }),
      crashProcess: () => restartOn(disk.crashProcess()),
      crashMachine: () => restartOn(disk.crash()),
      haltAfter: (operations) => disk.haltAfter(operations),
      setFull: (isFull) => {
        disk.capacityBytes = isFull ? 0 : Number.POSITIVE_INFINITY;
      },
      fail: (operation) => {
        disk.faults = operation === undefined ? {} : { [operation]: 1 };
      },
      hold: () => held.hold(),
      advance: (ms) => clock.advance(ms),
      violations: () => disk.violations,
      contents: () => contentsOf(disk),
      ...(raiseFormat !== undefined && { raiseFormat: (name) => raiseFormat(name, disk) }),
    };
    if (payloadAt === undefined) return target;
    const damage = (handle: LogHandle) => {
      const { path, offset } = payloadAt(handle);
      disk.flipBit(path, offset);
    };
    const copyFile = (of: LogHandle): CopiedFile => {
      const copy = disk.readFile(payloadAt(of).path);
      return (to) => disk.writeFile(payloadAt(to).path, copy);
    };
    return { ...target, damage, copyFile };
  };
}

/** Every file below a directory, by path. */
async function contentsOf(disk: FaultyStorage, directory = '/'): Promise<ReadonlyMap<string, string>> {
  const contents = new Map<string, string>();
  for (const { name, kind } of await disk.list(directory)) {
    const path = posix.join(directory, name);
    if (kind === 'file') contents.set(path, Buffer.from(disk.readFile(path)).toString('hex'));
    else for (const [inner, text] of await contentsOf(disk, path)) contents.set(inner, text);
  }
  return contents;
}

// What a package with a log tells the kit: how to make one, and what can be done to the place where it keeps its
// entries. A log on the `Storage` port needs none of this: `logOnStorage` knows how to hurt a disk.
import type { LogHandle, ManagedResource, WriteAheadLogFactory } from '@millrace/core';
import type { ConformanceRun } from '../kit/conformance-kit.ts';

/** What a log claims. */
export interface WriteAheadLogCapabilities {
  /**
   * What a resolved `write` survives: `memory` nothing, `process` the death of the process, `machine` the loss of power
   * too.
   */
  readonly durability: 'memory' | 'process' | 'machine';
}

/** A factory of logs, closed at the end when it can be. */
export type LogFactory = WriteAheadLogFactory & Pick<ManagedResource, 'close'>;

/** A place for logs, empty at first. Each check has one of its own. Hooks that are missing make checks not apply. */
export interface WriteAheadLogTarget {
  /** A factory over this place, as a process makes one when it starts. */
  createFactory(): LogFactory | Promise<LogFactory>;
  /** The process dies: locks are free, what was written is there. Earlier factories are not used again. */
  crashProcess?(): void | Promise<void>;
  /** The machine loses power: what was not made durable may be gone. */
  crashMachine?(): void | Promise<void>;
  /** Lets so many more operations of the place begin, and stops in the middle of the last. Resolves then. */
  haltAfter?(operations: number): Promise<void>;
  /** Takes all room away, or gives it back. */
  setFull?(isFull: boolean): void;
  /** From now on this fails; undefined: nothing does. */
  fail?(operation: 'append' | 'sync' | undefined): void;
  /** Changes a byte of the payload of an entry, behind the log's back. */
  damage?(handle: LogHandle): void | Promise<void>;
  /** Makes the log of this name, which is closed, look as a version with a format that is not known would leave it. */
  raiseFormat?(name: string): void | Promise<void>;
  /** Everything in the place, for comparing: equal answers mean that nothing was changed. */
  contents?(): unknown;
  /**
   * Copies the file in which this entry is, behind the log's back. The answer puts the copy in the place of the file in
   * which another entry is.
   */
  copyFile?(of: LogHandle): CopiedFile | Promise<CopiedFile>;
  /** Holds back all that the log wants of the place; the answer lets it go on. */
  hold?(): () => void;
  /** Lets virtual time pass, where the log has a clock. */
  advance?(ms: number): Promise<void>;
  /** What the log did that the place forbids, such as appending to a file after a failed sync. */
  violations?(): readonly string[];
  /** Gives the place back. */
  dispose?(): void | Promise<void>;
}

/** Puts a copy in the place of the file in which this entry is. */
export type CopiedFile = (to: LogHandle) => void | Promise<void>;

/** What the kit is given. */
export interface WriteAheadLogSubject extends ConformanceRun {
  readonly capabilities: WriteAheadLogCapabilities;
  /** Makes an empty place. */
  readonly create: () => WriteAheadLogTarget | Promise<WriteAheadLogTarget>;
}

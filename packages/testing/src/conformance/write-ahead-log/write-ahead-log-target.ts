// The description of a package's log for the kit: construction, and faults of the location that stores the entries. A
// log on the `Storage` port needs no description: `logOnStorage` supplies one with a faulty disk.
import type { LogHandle, ManagedResource, WriteAheadLogFactory } from '@millrace/core';
import type { ConformanceRun } from '../kit/conformance-kit.ts';

/** The claims of a log. */
export interface WriteAheadLogCapabilities {
  /**
   * The worst failure that a resolved `write` survives: `memory` none, `process` the death of the process, `machine`
   * also a power loss.
   */
  readonly durability: 'memory' | 'process' | 'machine';
  /** True when `open` takes the log over from another process; false, the default, when `open` is refused. */
  readonly takesOver?: boolean;
}

/** A factory of logs, closed at the end if it has a close. */
export type LogFactory = WriteAheadLogFactory & Pick<ManagedResource, 'close'>;

/**
 * A location for logs, empty at first. Each check has a separate location. A check whose hook is missing does not
 * apply.
 */
export interface WriteAheadLogTarget {
  /** A new factory over this location, like the factory of a starting process. */
  createFactory(): LogFactory | Promise<LogFactory>;
  /** The process dies: locks are released, written data stays. Earlier factories are not used again. */
  crashProcess?(): void | Promise<void>;
  /** The machine loses power: data that is not durable may be gone. */
  crashMachine?(): void | Promise<void>;
  /**
   * Lets this many more operations of the location begin, and stops in the middle of the last one. Resolves at the
   * stop.
   */
  haltAfter?(operations: number): Promise<void>;
  /** Fills the location, or frees the space again. */
  setFull?(isFull: boolean): void;
  /** Makes this operation fail from now on; undefined: no failures. */
  fail?(operation: 'append' | 'sync' | undefined): void;
  /** Changes a byte of an entry's payload without the log's knowledge. */
  damage?(handle: LogHandle): void | Promise<void>;
  /** Makes the closed log of this name look like the log of a version with an unknown format. */
  raiseFormat?(name: string): void | Promise<void>;
  /** The whole content of the location, for comparison: equal results mean no change. */
  contents?(): unknown;
  /**
   * Copies the file of this entry without the log's knowledge. The returned function replaces the file of another entry
   * by the copy.
   */
  copyFile?(of: LogHandle): CopiedFile | Promise<CopiedFile>;
  /** Suspends all operations of the location; the returned function resumes the operations. */
  hold?(): () => void;
  /** Lets virtual time pass, for a log with a clock. */
  advance?(ms: number): Promise<void>;
  /** The log's violations of the location's rules, such as an append after a failed sync. */
  violations?(): readonly string[];
  /** Releases the location. */
  dispose?(): void | Promise<void>;
}

/** Replaces the file of this entry by a copy. */
export type CopiedFile = (to: LogHandle) => void | Promise<void>;

/** The subject of the kit. */
export interface WriteAheadLogSubject extends ConformanceRun {
  readonly capabilities: WriteAheadLogCapabilities;
  /** Makes an empty location. */
  readonly create: () => WriteAheadLogTarget | Promise<WriteAheadLogTarget>;
}

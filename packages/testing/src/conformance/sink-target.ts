// What a package with a sink tells the suite about it: how to make one, what is outside, and what can go wrong there.
import type { Sink } from '@millrace/core';

/** A place outside, empty at first, that sinks write to. Each check has one of its own. */
export interface SinkTarget<T> {
  /** Makes another sink that writes to this place, not opened: what an executor does when it starts. */
  createSink(): Sink<T>;

  /**
   * Everything that is outside now, read without a sink: records equal to what `record` made, and those of one write
   * in the order in which they are there.
   */
  readBack(): Promise<readonly unknown[]>;

  /**
   * Does to the place what the end of a process does that had sinks open: locks are free, what was not made safe may
   * be gone. Those sinks are not used again, and not closed. By default nothing is done.
   */
  crash?(): void | Promise<void>;

  /** Gives the place back at the end of a check. */
  dispose?(): void | Promise<void>;
}

/** Something outside that goes wrong once: the next write, or one soon after it, fails somewhere on its way. */
export interface SinkFault<Target> {
  /** For the title, for instance `the directory cannot be synced`. */
  readonly name: string;
  inject(target: Target): void | Promise<void>;
}

/** What is checked, and with which test functions. */
export interface SinkReplaySuite<T, Target extends SinkTarget<T>> {
  /** The sink's name, for the title. */
  readonly name: string;
  /** The test framework's functions; the suite throws on failure and uses nothing else of it. */
  readonly describe: (name: string, define: () => void) => void;
  readonly it: (title: string, check: () => Promise<void>) => void;
  /** Makes an empty place. */
  readonly create: () => Target | Promise<Target>;
  /** Makes a record that the sink can write; another id gives another record. Ids are whole numbers from 0. */
  readonly record: (id: number) => T;
  /** A record that the sink must refuse, where there is one. */
  readonly unsupportedRecord?: T;
  /** What can go wrong outside; one check each. */
  readonly faults?: readonly SinkFault<Target>[];
  /** Seeds the replays that are drawn by chance. Default 1. */
  readonly seed?: number;
}

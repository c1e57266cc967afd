// The description of a package's sink for the suite: construction, the content of the destination, and its faults.
import type { Sink } from '@millrace/core';

/** A destination of sinks, empty at first. Each check has a separate destination. */
export interface SinkTarget<T> {
  /** Makes another unopened sink for this destination, like a starting executor. */
  createSink(): Sink<T>;

  /**
   * The current content of the destination, read without a sink: records equal to those made by `record`, with the
   * records of one write in their stored order.
   */
  readBack(): Promise<readonly unknown[]>;

  /**
   * Applies the effects of a process death to the destination while sinks were open: locks are released, and data
   * without durability may be lost. The sinks of the dead process are neither used nor closed again. Does nothing by
   * default.
   */
  crash?(): void | Promise<void>;

  /** Releases the destination at the end of a check. */
  dispose?(): void | Promise<void>;
}

/** A single fault of the destination: the next write, or a write soon afterwards, fails at some point. */
export interface SinkFault<Target> {
  /** For the title, for instance `the directory cannot be synced`. */
  readonly name: string;
  inject(target: Target): void | Promise<void>;
}

/** The sink under test, and the test functions. */
export interface SinkReplaySuite<T, Target extends SinkTarget<T>> {
  /** The sink's name, for the title. */
  readonly name: string;
  /** The test framework's functions; the suite throws on failure and needs no further function of the framework. */
  readonly describe: (name: string, define: () => void) => void;
  readonly it: (title: string, check: () => Promise<void>) => void;
  /** Makes an empty destination. */
  readonly create: () => Target | Promise<Target>;
  /** Makes a record supported by the sink; another id gives another record. Ids are whole numbers from 0. */
  readonly record: (id: number) => T;
  /** A record that the sink must refuse, if one exists. */
  readonly unsupportedRecord?: T;
  /** Possible faults of the destination; one check each. */
  readonly faults?: readonly SinkFault<Target>[];
  /** Seeds the random replays. Default 1. */
  readonly seed?: number;
}

// The definition of an RDD, as data and functions that other files interpret. There are three kinds: a source
// brings records in, a step changes records one by one, a route composes a partition of partitions of other RDDs.
// Steps and routes cost nothing by themselves: `compute-partition.ts` walks through them up to a source and runs
// all steps in between as one loop. No function of this file runs on its own.
import type { ExecutorId } from '@millrace/core';
import type { RDD } from './rdd.ts';
import type { ShuffleWriter } from './shuffle-writer.ts';
import type { TaskContext } from './task-context.ts';

/**
 * Takes records one by one; an array is a sink. Sinks should be classes, one for each purpose: the loop that feeds
 * a sink is compiled for its class.
 */
export interface RecordSink<T> {
  push(record: T): void;
}

/**
 * Takes the records `from ≤ index < to` of an array, which stays the caller's and is only read. Completes
 * synchronously.
 */
export type ChunkSink<T> = (records: readonly T[], from: number, to: number) => void;

/** A parent that is computed inside the same task. */
export interface NarrowDependency {
  readonly kind: 'narrow';
  readonly rdd: RDD<unknown>;
}

/** A parent whose partitions are computed by separate map tasks, and written as buckets. */
export interface ShuffleDependency {
  readonly kind: 'shuffle';
  readonly rdd: RDD<unknown>;
  /** Begins the output of one partition of the parent: one bucket for each partition of the reading side. */
  readonly createWriter: (mapPartition: number) => ShuffleWriter<never>;
}

/** The relation of an RDD to a parent. */
export type Dependency = NarrowDependency | ShuffleDependency;

/**
 * One record-by-record operator. The kinds that work on values exist beside `map` and `flatMap` so that `fn` is the
 * program's own function, the same object in every batch: `stage-loops.ts` recognises a chain of steps by these
 * functions.
 */
export interface Step {
  readonly kind: 'map' | 'filter' | 'flatMap' | 'keyBy' | 'mapValues' | 'flatMapValues';
  /**
   * `map` returns a record, `filter` a truth value, `flatMap` an iterable; the last three take and return keys or
   * values.
   */
  readonly fn: (record: never) => unknown;
  /**
   * The record of the program inside a record of the engine's own form, for reports of a failure. Default: the record
   * itself.
   */
  readonly original?: (record: never) => unknown;
}

/** Brings records in: from memory, blocks, files, shuffle outputs, or from other RDDs computed as a whole. */
export interface SourceDefinition<T> {
  readonly kind: 'source';
  readonly partitionCount: number;
  readonly dependencies: readonly Dependency[];
  /** Present when the records are pairs and lie in the partition `hashPartition(key, hashPartitions)`. */
  readonly hashPartitions?: number;
  /** True when a repeated computation of a partition may bring the records in another order. Default false. */
  readonly isUnordered?: boolean;
  /** Executors that have the data of a partition at hand; none: any executor will do. */
  readonly preferredExecutors?: (partition: number) => readonly ExecutorId[];
  /**
   * Fallback when `preferredExecutors` names none: the RDDs that the same partition is read from, so that their
   * location is a good one.
   */
  readonly nearTo?: readonly RDD<unknown>[];
  /** Pushes the records of a partition into `push`, chunk after chunk, waiting only between chunks. */
  readonly produce: (partition: number, context: TaskContext, push: ChunkSink<T>) => Promise<void>;
}

/** Changes the records of the parent one by one. */
interface StepDefinition {
  readonly kind: 'step';
  readonly parent: RDD<unknown>;
  readonly step: Step;
  /** Whether the step leaves every record's key unchanged, so that a partitioning by key stays true. */
  readonly keepsKeys: boolean;
}

/** A partition of another RDD. */
export interface Route {
  readonly rdd: RDD<unknown>;
  readonly partition: number;
}

/** Composes partitions of other RDDs, in the given order. */
interface RouteDefinition {
  readonly kind: 'route';
  readonly partitionCount: number;
  readonly dependencies: readonly NarrowDependency[];
  /** As with a source. */
  readonly hashPartitions?: number;
  readonly routes: (partition: number) => readonly Route[];
}

/** A definition of any of the three kinds. */
export type RddDefinition<T> = SourceDefinition<T> | StepDefinition | RouteDefinition;

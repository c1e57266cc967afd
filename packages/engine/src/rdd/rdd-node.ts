// An RDD from the view of operators, tasks and the scheduler: the definition, as data and functions that other files
// interpret, and the context in which a task computes a partition. The class `RDD` adds the operators and actions of
// programs. The types of this file name each other: a definition names the parents, and a context RDDs that others compute.
//
// There are three kinds of definitions: a source brings records in, a step changes records one by one, a route composes a
// partition of partitions of other RDDs. Steps and routes cost nothing by themselves: `compute-partition.ts` walks through
// them up to a source and runs all steps in between as one loop.
import type {
  Block,
  Clock,
  Codec,
  ExecutorId,
  RandomSource,
  ReceivedBlockInfo,
  Storage,
} from '@millrace/core';
import type { RecordErrorRule } from '../record-errors/record-error-rule.ts';
import type { TaskRecordErrors } from '../record-errors/task-record-errors.ts';
import type { Action } from './action.ts';
import type { PartitionCache } from './partition-cache.ts';
import type { RecordGuard } from './record-guard.ts';
import type { ChunkSink, RecordSink } from './record-sink.ts';
import type { ShuffleFetcher } from './shuffle-fetcher.ts';
import type { ShuffleWriter } from './shuffle-writer.ts';
import type { Step } from './step.ts';

/** A partitioned collection of records, without the operators and actions of programs. */
export interface RddNode<out T> {
  /** Unique in its environment, and the same on every executor that runs the program. */
  readonly id: string;
  /** The environment of this RDD. RDDs of two environments cannot be combined. */
  readonly environment: RddHome;
  /** Number of partitions; 0 is an RDD without records. */
  readonly partitionCount: number;
  /** Number of partitions that the pairs are hashed into by key; undefined when no such partitioning is known. */
  readonly hashPartitions: number | undefined;
  /** The reaction to records for which a function fails; undefined: the task fails. */
  readonly recordErrorRule: RecordErrorRule | undefined;
  /** Whether the records of a partition come in the same order whenever the partition is computed. */
  readonly hasCertainOrder: boolean;
  /** For computing and scheduling. */
  readonly definition: RddDefinition<T>;
  /** The parents that this RDD is computed from. */
  readonly dependencies: readonly Dependency[];
  /** Executors that have the data of a partition at hand; none: any executor will do. */
  preferredExecutors(partition: number): readonly ExecutorId[];
  /** Whether computed partitions are cached. */
  readonly isPersisted: boolean;
  /** Whether tasks wait for the executor that has a partition, as long as that executor lives. */
  readonly isPinned: boolean;
  /** Whether the lineage was cut: only cached partitions exist. */
  readonly isCut: boolean;
}

/** The environment of RDDs, as operators and the scheduler use it; `RddEnvironment` documents the members. */
export interface RddHome {
  readonly application: string;
  readonly defaultParallelism: number;
  readonly maxTaskFailures: number;
  readonly maxTaskLosses: number;
  define<T>(recipe: RddRecipe<T>): RddNode<T>;
  find(id: string): RddNode<unknown> | undefined;
  isOfProgram(rdd: RddNode<unknown>): boolean;
  unpersist(ids: readonly string[]): void;
  runAction<T, P, R>(rdd: RddNode<T>, action: Action<T, P, R>, chosen?: readonly number[]): Promise<R>;
}

/**
 * Makes the definition of an RDD from its id and from the reaction to records for which a function fails. An operator is a
 * function from its parents to a recipe; the environment names the RDD and calls the recipe, once and at once.
 */
export type RddRecipe<T> = (id: string, rule: RecordErrorRule | undefined) => RddDefinition<T>;

/** A parent that is computed inside the same task. */
export interface NarrowDependency {
  readonly kind: 'narrow';
  readonly rdd: RddNode<unknown>;
}

/** A parent whose partitions are computed by separate map tasks, and written as buckets. */
export interface ShuffleDependency {
  readonly kind: 'shuffle';
  readonly rdd: RddNode<unknown>;
  /** Begins the output of one partition of the parent: one bucket for each partition of the reading side. */
  readonly createWriter: (mapPartition: number) => ShuffleWriter<never>;
}

/** The relation of an RDD to a parent. */
export type Dependency = NarrowDependency | ShuffleDependency;

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
  readonly nearTo?: readonly RddNode<unknown>[];
  /** Pushes the records of a partition into `push`, chunk after chunk, waiting only between chunks. */
  readonly produce: (partition: number, context: TaskContext, push: ChunkSink<T>) => Promise<void>;
}

/** Changes the records of the parent one by one. */
interface StepDefinition {
  readonly kind: 'step';
  readonly parent: RddNode<unknown>;
  readonly step: Step;
  /** Whether the step leaves every record's key unchanged, so that a partitioning by key stays true. */
  readonly keepsKeys: boolean;
}

/** A partition of another RDD. */
export interface Route {
  readonly rdd: RddNode<unknown>;
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

/**
 * The ports of a task on its executor. The `TaskRunner` of the executor makes the context and passes it to every source: an
 * RDD itself holds no port, so that the same RDD can be computed anywhere.
 */
export interface TaskContext {
  /** Aborted when the task is cancelled or the executor closes; long work checks the signal between slices. */
  readonly signal: AbortSignal;
  /** Times asynchronous functions and the pauses between their attempts. */
  readonly clock: Clock;
  /** Varies the pauses between attempts. */
  readonly random: RandomSource;
  /** Decodes the records of encoded blocks. */
  readonly codec: Codec;
  /** The storage of text files. */
  readonly storage: Storage;
  /** The cached partitions of this executor. */
  readonly cache: PartitionCache;
  /** Reads the outputs of map tasks, on whichever executor they are. */
  readonly fetcher: ShuffleFetcher;
  /** The loops that run chains of steps. */
  readonly loops: StepLoops;
  /**
   * For tasks that the driver runs itself: the RDDs that executors compute. Absent: everything is computed here.
   */
  readonly elsewhere?: {
    has(rdd: RddNode<unknown>): boolean;
    /** The records of a partition of such an RDD. */
    read(rdd: RddNode<unknown>, partition: number): Promise<readonly unknown[]>;
  };
  /** Collects the records that the task leaves out. */
  readonly recordErrors: TaskRecordErrors;
  /** Depth of nested RDD computations, over the tasks that share this context. */
  readonly nesting: { depth: number };
  /** Number of calls of asynchronous functions under way, over the tasks that share this context. */
  readonly calls: { underWay: number };
  /** Reads a received block; undefined when the block is lost. */
  readBlock(info: ReceivedBlockInfo): Promise<Block | undefined>;
  /** Called after every slice of about a thousand records: a promise to wait for, or undefined to go on at once. */
  yield(): Promise<void> | undefined;
}

/** Loops that run chains of steps; `StageLoops` implements the interface. */
export interface StepLoops {
  /**
   * Returns a sink of chunks that runs the steps on every record, in order, and pushes the results into `sink`. `guard`:
   * the reaction to records for which a step fails; default: the error of the step ends the loop.
   */
  loop(steps: readonly Step[], sink: RecordSink<unknown>, guard?: RecordGuard): ChunkSink<unknown>;
}

// What a job wants from an RDD. An action runs on every partition where the partition is, and its partial results are
// merged on the driver in the order of partitions. The task message only names it: on every executor the action is
// found in the environment, registered by the same program.
import type { Sink } from './rdd-definition.ts';

/** The records of one partition, as an action sees them. They can be read once. */
export interface PartitionRecords<T> {
  /** Hands over every record in order, and gives the sink back after the last. An error of the sink ends it. */
  pushInto<S extends Sink<T>>(sink: S): Promise<S>;
  /** Hands over records in order until `goOn` answers false. What comes after that is not computed. */
  pushWhile(goOn: (record: T) => boolean): Promise<void>;
  /** All records in an array that the caller may keep. */
  toArray(): Promise<T[]>;
}

/** One question to an RDD: `P` is the answer of a partition (serialisable), `R` the answer of the whole. */
export interface Action<T, P, R> {
  /** The kind of question, for instance `'collect'`: part of task names and error messages. */
  readonly name: string;
  /**
   * The name from which any executor can make it (see `named-actions.ts`). Absent when it holds functions of its caller:
   * then only a process that shares the caller's memory can apply it.
   */
  readonly portableName?: string;
  /** Answers for one partition, on an executor. May run again when a task is repeated. */
  runPartition(records: PartitionRecords<T>, partition: number): P | Promise<P>;
  /** Puts the answers together, on the driver; `parts` are in the order of partitions. */
  merge(parts: readonly P[]): R;
}

// The contract of an action, the request of a job to an RDD. An action runs on every partition where the partition
// is, and the partial results are merged on the driver in the order of partitions. The task message has only the
// name: every executor finds the action in its environment, registered by the same program.
import type { Epoch } from '@millrace/core';
import type { RecordSink } from './record-sink.ts';

/** The records of one partition from the point of view of an action. The records can be read once. */
export interface PartitionRecords<T> {
  /** Pushes every record in order, and returns the sink after the last. An error of the sink ends the run. */
  pushInto<S extends RecordSink<T>>(sink: S): Promise<S>;
  /** Pushes records in order until `goOn` returns false. Records after that are not computed. */
  pushWhile(goOn: (record: T) => boolean): Promise<void>;
  /** All records in an array that the caller may keep. */
  toArray(): Promise<T[]>;
}

/** One request to an RDD: `P` is the result of a partition (serialisable), `R` the result of the whole RDD. */
export interface Action<T, P, R> {
  /** The kind of request, for instance `'collect'`: part of task names and error messages. */
  readonly name: string;
  /**
   * The name from which any executor can make the action (see `named-actions.ts`). Absent when the action holds
   * functions of its caller: then only a process that shares the caller's memory can apply the action.
   */
  readonly portableName?: string;
  /**
   * Computes the result of one partition, on an executor. May run again when a task is repeated.
   *
   * @param epoch The epoch of the driver that has asked for the task.
   */
  runPartition(records: PartitionRecords<T>, partition: number, epoch: Epoch): P | Promise<P>;
  /** Merges the partial results, on the driver; `parts` are in the order of partitions. */
  merge(parts: readonly P[]): R;
}

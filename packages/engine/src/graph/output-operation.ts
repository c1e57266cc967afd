// The ends of the graph. In each batch, an output operation makes a job from the RDD of its stream. The output's number
// is its place in the program and never depends on the work of other outputs, so a sink may rely on the number.
import type { BatchIdentity, BatchTime, Epoch } from '@millrace/core';
import type { Job, JobRun } from '../batches/job.ts';
import type { Action } from '../rdd/action.ts';
import type { RDD } from '../rdd/rdd.ts';
import type { PlaceOfData } from './place-of-data.ts';
import type { GraphStream } from './graph-stream.ts';

/** A batch as an output sees it; the same on every repetition (BAT-4). */
export interface OutputBatch extends BatchIdentity {
  /** The output's number in the program, from 0. */
  readonly outputOperation: number;
}

/** A partition of a batch as an output sees it. */
export interface OutputPartition extends OutputBatch {
  /** From 0. */
  readonly partition: number;
  /** The number of partitions of the batch. */
  readonly partitions: number;
  /** The epoch of the driver that has asked for this run; the only value that differs on a repetition. */
  readonly epoch: Epoch;
}

/** The definition of an output operation. */
export interface OutputDefinition<T> {
  /** The name of the method that made the output: `foreachRDD`, `print`, … */
  readonly kind: string;
  readonly stream: GraphStream<T>;
  /** The place that the output writes to, when no other output may write there. */
  readonly target?: string;
  /** The place that executors write to, when known. */
  readonly place?: PlaceOfData | undefined;
  /** Called on the driver, inside the job, at every attempt; the job ends when the returned promise is settled. */
  readonly run: (rdd: RDD<T>, batch: OutputBatch) => unknown;
  /** The action for every partition, on the executors; absent when `run` does everything. */
  readonly partitionAction?: (rdd: RDD<T>, batch: OutputBatch) => Action<T, unknown, unknown>;
}

/** An output operation, as the graph sees it. */
export interface OutputOperation {
  /** The output's place among the outputs of the program, from 0. */
  readonly number: number;
  readonly kind: string;
  /** A readable name, as in `OutputOperationInfo`: for instance `print at 3-map`. */
  readonly name: string;
  readonly stream: GraphStream<unknown>;
  /** The place that the output writes to, when no other output may write there. */
  readonly target: string | undefined;
  /** The place that executors write to; undefined when the engine does not know the place. */
  readonly place: PlaceOfData | undefined;
  /** The job of a batch; undefined when the stream has no RDD for the batch. */
  jobAt(batchTime: BatchTime): Job | undefined;
  /** The action for every partition of a batch; undefined without an action, or for another RDD. */
  actionAt(batchTime: BatchTime, rdd: RDD<unknown>): Action<unknown, unknown, unknown> | undefined;
}

/** An output operation on a stream of `T`. */
export class StreamOutput<T> implements OutputOperation {
  readonly number: number;
  readonly kind: string;
  readonly stream: GraphStream<T>;
  readonly target: string | undefined;
  readonly place: PlaceOfData | undefined;
  readonly #run: OutputDefinition<T>['run'];
  readonly #materializeStates: (batchTime: BatchTime) => Promise<void>;
  readonly #partitionAction: OutputDefinition<T>['partitionAction'];

  /**
   * @param materializeStates Called in each job, before the output runs: computes the changes of the batch to the program's state.
   */
  constructor(
    number: number,
    definition: OutputDefinition<T>,
    materializeStates: (batchTime: BatchTime) => Promise<void>,
  ) {
    this.number = number;
    this.#materializeStates = materializeStates;
    this.kind = definition.kind;
    this.stream = definition.stream;
    this.target = definition.target;
    this.place = definition.place;
    this.#run = definition.run;
    this.#partitionAction = definition.partitionAction;
  }

  get name(): string {
    return `${this.kind} at ${this.stream.id}`;
  }

  jobAt(batchTime: BatchTime): Job | undefined {
    const rdd = this.stream.getOrCompute(batchTime);
    if (rdd === undefined) return undefined;
    return {
      batchTime,
      outputOperation: this.number,
      name: this.name,
      run: (jobRun) => this.#runJob(rdd, batchTime, jobRun),
    };
  }

  actionAt(batchTime: BatchTime, rdd: RDD<unknown>): Action<unknown, unknown, unknown> | undefined {
    const own = this.stream.getOrCompute(batchTime);
    if (own !== rdd) return undefined;
    const { application } = this.stream.scope;
    const batch = { application, batchTime, outputOperation: this.number };
    return this.#partitionAction?.(own, batch);
  }

  async #runJob(rdd: RDD<T>, batchTime: BatchTime, { signal }: JobRun): Promise<void> {
    const { environment, application } = this.stream.scope;
    const outputOperation = this.number;
    await environment.inJob({ batchTime, outputOperation, signal }, async () => {
      await this.#materializeStates(batchTime);
      await this.#run(rdd, { application, batchTime, outputOperation });
    });
  }
}

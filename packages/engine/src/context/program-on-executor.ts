// The program as an executor sees it that has loaded it by itself: the graph is there, but nobody makes batches. Each
// task says what its batch is made of, and the graph builds the RDDs of that batch under the names that the driver gave
// them. The graph starts with the first task, because only the driver knows the time before the first batch.
import type { BatchTime, ReceivedBlockInfo, RunTask, StreamId } from '@millrace/core';
import type { DStreamGraph } from '../dstream/index.ts';
import type { TaskProgram } from '../executor/task-program.ts';
import { namedAction, OUTPUT_ACTION, type Action, type RDD, type RddEnvironment } from '../rdd/index.ts';

/** The shipped `TaskProgram`. */
export class ProgramOnExecutor implements TaskProgram {
  readonly #graph: DStreamGraph;
  readonly #environment: RddEnvironment;
  readonly #blocks = new Map<BatchTime, ReadonlyMap<StreamId, readonly ReceivedBlockInfo[]>>();

  constructor(graph: DStreamGraph, environment: RddEnvironment) {
    this.#graph = graph;
    this.#environment = environment;
  }

  /** The blocks of a batch, as the driver has told. */
  blocksOfBatch(batchTime: BatchTime, streamId: StreamId): readonly ReceivedBlockInfo[] {
    return this.#blocks.get(batchTime)?.get(streamId) ?? [];
  }

  takeInputs({ inputs, zeroTime }: RunTask): void {
    if (zeroTime !== undefined && this.#graph.zeroTime === undefined) this.#graph.start(zeroTime);
    for (const { batchTime, blocks, taken } of inputs) {
      if (this.#blocks.has(batchTime)) continue;
      if (taken !== undefined) this.#graph.restoreInputs(batchTime, taken);
      this.#blocks.set(batchTime, blocks);
    }
  }

  build({ task }: RunTask): void {
    this.#graph.find(task.batchTime, task.outputOperation, task.rddId);
  }

  findAction({ task }: RunTask, rdd: RDD<unknown>): Action<unknown, unknown, unknown> | undefined {
    const { action = '' } = task;
    if (action !== OUTPUT_ACTION) return namedAction(action);
    return this.#graph.outputs[task.outputOperation]?.actionAt(task.batchTime, rdd);
  }

  forget(doneUpTo: BatchTime): void {
    const { rddIds } = this.#graph.clearMetadata(doneUpTo);
    this.#environment.forget(rddIds);
    const oldest = doneUpTo - this.#graph.maxInputRememberMs;
    for (const time of this.#blocks.keys()) if (time <= oldest) this.#blocks.delete(time);
  }
}

// The program on an executor that has loaded the program by itself: the graph exists, but no generator makes
// batches. Each task message carries the inputs of its batch, and the graph builds the RDDs of that batch under the
// names chosen by the driver. The graph starts with the first task, because only the driver knows the time before
// the first batch.
import type { BatchTime, ReceivedBlockInfo, StreamId } from '@millrace/core';
import { type DriverEndpoint, ReleasingMap, type RunTask, type TaskName } from '@millrace/core/engine';
import { loadSnapshots } from '../graph/shared-states.ts';
import type { DStreamGraph } from '../graph/dstream-graph.ts';
import type { FetchOperatorSnapshot } from '../graph/shared-states.ts';
import { executorError } from './executor-errors.ts';
import type { TaskProgram } from './task-program.ts';
import { namedAction, OUTPUT_ACTION } from '../rdd/named-actions.ts';
import type { Action } from '../rdd/action.ts';
import type { RDD } from '../rdd/rdd.ts';

/** The shipped `TaskProgram`. */
export class ProgramOnExecutor implements TaskProgram {
  readonly #graph: DStreamGraph;
  #driver: DriverEndpoint | undefined;
  readonly #blocks = new ReleasingMap<BatchTime, ReadonlyMap<StreamId, readonly ReceivedBlockInfo[]>>();
  /** All batches up to this one are done, according to the driver. */
  #doneUpTo: BatchTime = Number.NEGATIVE_INFINITY;

  constructor(graph: DStreamGraph) {
    this.#graph = graph;
  }

  /** The blocks of a batch, according to the driver. */
  blocksOfBatch(batchTime: BatchTime, streamId: StreamId): readonly ReceivedBlockInfo[] {
    return this.#blocks.get(batchTime)?.get(streamId) ?? [];
  }

  /** Sets the endpoint of the driver; must be called before the first task. */
  connect(driver: DriverEndpoint): void {
    this.#driver = driver;
  }

  /**
   * @throws `MR_EXECUTOR_BATCH_DONE` for a late task: its inputs are gone, and the task would write an empty batch.
   */
  takeInputs({ inputs, zeroTime, skipped = [], snapshots, task }: RunTask): void {
    this.#assertNotDone(task);
    if (zeroTime !== undefined && this.#graph.zeroTime === undefined) {
      if (snapshots !== undefined) this.#graph.recoveredUpTo = snapshots.recoveredUpTo;
      this.#graph.start(zeroTime);
    }
    for (const range of skipped) this.#graph.skipped.add(range);
    if (snapshots !== undefined) loadSnapshots(this.#graph, snapshots, this.#fetchSnapshot);
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
    if (action !== OUTPUT_ACTION) return namedAction(action) ?? this.#graph.findAction(task.rddId, action);
    return this.#graph.outputs[task.outputOperation]?.actionAt(task.batchTime, rdd);
  }

  forget(doneUpTo: BatchTime): void {
    this.#doneUpTo = Math.max(this.#doneUpTo, doneUpTo);
    this.#graph.clearMetadata(doneUpTo);
    const oldest = doneUpTo - this.#graph.maxInputRememberMs;
    for (const time of this.#blocks.keys()) if (time <= oldest) this.#blocks.delete(time);
  }
  /** Actions outside of any output may read the remembered RDDs of earlier batches. */
  #assertNotDone({ batchTime, outputOperation }: TaskName): void {
    if (outputOperation < 0 || batchTime > this.#doneUpTo) return;
    throw executorError(
      'MR_EXECUTOR_BATCH_DONE',
      `a task of batch ${batchTime} arrived after the completion of all batches up to ${this.#doneUpTo}, and is not run`,
      { details: { batchTime, outputOperation, doneUpTo: this.#doneUpTo } },
    );
  }

  readonly #fetchSnapshot: FetchOperatorSnapshot = async (operator, batchTime, partition) => {
    if (this.#driver === undefined) throw new TypeError('tasks run before the driver is known');
    const { bytes } = await this.#driver.ask('FetchSnapshot', { operator, batchTime, partition });
    return bytes;
  };
}

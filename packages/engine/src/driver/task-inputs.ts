// The batch data that executors with a copy of the program need: the blocks of each receiver stream in a batch, and
// the inputs of the other streams. A task of a window reaches back to many batches, so the inputs of a batch are
// sent once to each executor: an executor that has answered keeps the inputs until the batch is done.
import type { BatchTime, ExecutorId, ReceivedBlockInfo, StreamId } from '@millrace/core';
import type { BatchInput } from '@millrace/core/engine';
import { snapshotsOf, rebuiltFrom } from '../graph/shared-states.ts';
import type { DStreamGraph } from '../graph/dstream-graph.ts';
import type { BatchMessage } from '../jobs/remote-execution.ts';

/** Collaborators of the task inputs. */
export interface TaskInputsDeps {
  readonly graph: DStreamGraph;
  readonly batchIntervalMs: number;
  /** The blocks of a batch as allocated; undefined: none are known. */
  readonly blocksOf: (batchTime: BatchTime) => BatchInput | undefined;
}

/** The inputs of batches, and the executors that know them. Bounded by executors × remembered batches. */
export class TaskInputs {
  readonly #deps: TaskInputsDeps;
  readonly #known = new Map<ExecutorId, Set<BatchTime>>();

  constructor(deps: TaskInputsDeps) {
    this.#deps = deps;
  }

  /**
   * The inputs that a task of this batch may read and that the executor does not know.
   *
   * @throws `MR_GRAPH_INPUT_NOT_PORTABLE`.
   */
  messageFor(executorId: ExecutorId, batchTime: BatchTime): BatchMessage {
    const { graph, batchIntervalMs } = this.#deps;
    const { zeroTime } = graph;
    if (zeroTime === undefined) return { inputs: [] };
    const known = this.#known.get(executorId);
    const latest = Math.max(batchTime, graph.latestBatchTime ?? batchTime);
    // An action outside any job names no batch: such an action reads RDDs of the batches remembered now.
    const named = batchTime > zeroTime ? batchTime : latest;
    // A task may have to recompute state, from the batch behind the newest snapshot.
    const oldest = Math.max(zeroTime, Math.min(named, rebuiltFrom(graph)) - graph.maxInputRememberMs);
    const inputs: BatchInput[] = [];
    for (let time = latest; time > oldest; time -= batchIntervalMs) {
      const skipped = graph.skipped.rangeOf(time);
      if (skipped !== undefined) time = skipped.from;
      else if (known?.has(time) !== true) inputs.push(this.#inputOf(time));
    }
    const snapshots = snapshotsOf(graph);
    const skipped = graph.skipped.ranges;
    return {
      inputs,
      zeroTime,
      ...(skipped.length === 0 ? {} : { skipped }),
      ...(snapshots === undefined ? {} : { snapshots }),
    };
  }

  /** Batches with inputs known to executors, summed over executors. */
  get knownCount(): number {
    return [...this.#known.values()].reduce((sum, times) => sum + times.size, 0);
  }

  /** Records the answer of an executor to a message with these inputs. */
  delivered(executorId: ExecutorId, { inputs }: BatchMessage): void {
    if (inputs.length === 0) return;
    const known = this.#known.get(executorId) ?? new Set();
    for (const { batchTime } of inputs) known.add(batchTime);
    this.#known.set(executorId, known);
  }

  /** Drops the records of a lost executor. */
  executorLost(executorId: ExecutorId): void {
    this.#known.delete(executorId);
  }

  /** Drops all batches up to this time. */
  forget(doneUpTo: BatchTime): void {
    const oldest = doneUpTo - this.#deps.graph.maxInputRememberMs;
    for (const times of this.#known.values()) {
      for (const time of times) if (time <= oldest) times.delete(time);
    }
  }

  #inputOf(batchTime: BatchTime): BatchInput {
    const { graph, blocksOf } = this.#deps;
    const known = blocksOf(batchTime)?.blocks ?? new Map<StreamId, readonly ReceivedBlockInfo[]>();
    const blocks = new Map([...known].map(([streamId, infos]) => [streamId, infos.map(forTasks)] as const));
    return { batchTime, blocks, taken: graph.inputsOf(batchTime) };
  }
}

/** Only the driver writes dead letters. */
function forTasks(block: ReceivedBlockInfo): ReceivedBlockInfo {
  const { leftOut, ...info } = block;
  return leftOut === undefined ? block : info;
}

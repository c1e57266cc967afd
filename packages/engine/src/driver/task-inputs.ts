// What executors with a copy of the program have to be told about batches: which blocks each receiver stream has in a
// batch, and what the other streams took for it. A task of a window reaches back to many batches, so each executor is
// told once: what it has answered to, it knows, until the batch is done with.
import type { BatchTime, ExecutorId } from '@millrace/core';
import type { BatchInput } from '@millrace/core/engine';
import { snapshotsOf, rebuiltFrom } from '../graph/shared-states.ts';
import type { DStreamGraph } from '../graph/dstream-graph.ts';
import type { BatchMessage } from '../jobs/remote-tasks.ts';

/** What the account is made of. */
export interface TaskInputsDeps {
  readonly graph: DStreamGraph;
  readonly batchIntervalMs: number;
  /** The blocks of a batch as allocated; undefined: none are known. */
  readonly blocksOf: (batchTime: BatchTime) => BatchInput | undefined;
}

/** The inputs of batches, and which executor knows which. Bounded by executors × batches that are remembered. */
export class TaskInputs {
  readonly #deps: TaskInputsDeps;
  readonly #known = new Map<ExecutorId, Set<BatchTime>>();

  constructor(deps: TaskInputsDeps) {
    this.#deps = deps;
  }

  /**
   * The inputs that a task of this batch may read and the executor does not know.
   *
   * @throws `MR_GRAPH_INPUT_NOT_PORTABLE`.
   */
  messageFor(executorId: ExecutorId, batchTime: BatchTime): BatchMessage {
    const { graph, batchIntervalMs } = this.#deps;
    const { zeroTime } = graph;
    if (zeroTime === undefined) return { inputs: [] };
    const known = this.#known.get(executorId);
    const latest = Math.max(batchTime, graph.latestBatchTime ?? batchTime);
    // An action outside any job names no batch: it reads RDDs of batches that are remembered now.
    const named = batchTime > zeroTime ? batchTime : latest;
    // A task may have to compute state again, from the batch behind what is kept of it.
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

  /** Batches that executors are known to know, summed over executors. */
  get knownCount(): number {
    return [...this.#known.values()].reduce((sum, times) => sum + times.size, 0);
  }

  /** The executor has answered to a message with these inputs. */
  delivered(executorId: ExecutorId, { inputs }: BatchMessage): void {
    if (inputs.length === 0) return;
    const known = this.#known.get(executorId) ?? new Set();
    for (const { batchTime } of inputs) known.add(batchTime);
    this.#known.set(executorId, known);
  }

  /** An executor is gone, with what it knew. */
  executorLost(executorId: ExecutorId): void {
    this.#known.delete(executorId);
  }

  /** All batches up to this one are done with. */
  forget(doneUpTo: BatchTime): void {
    const oldest = doneUpTo - this.#deps.graph.maxInputRememberMs;
    for (const times of this.#known.values()) {
      for (const time of times) if (time <= oldest) times.delete(time);
    }
  }

  #inputOf(batchTime: BatchTime): BatchInput {
    const { graph, blocksOf } = this.#deps;
    const blocks = blocksOf(batchTime)?.blocks ?? new Map();
    return { batchTime, blocks, taken: graph.inputsOf(batchTime) };
  }
}

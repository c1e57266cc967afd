// RDDs and actions by name. Driver and executors run the same program, so the name of an RDD, `<batch time>/<stream
// id>` with an optional number after `#`, is enough to make the RDD again in another process.
import type { BatchTime } from '@millrace/core';
import type { Action } from '../rdd/action.ts';
import type { RDD } from '../rdd/rdd.ts';
import type { RddEnvironment } from '../rdd/rdd-environment.ts';
import { dstreamError } from './dstream-errors.ts';
import type { OutputOperation } from './output-operation.ts';
import type { GraphStream } from './graph-stream.ts';

/** The streams and outputs of the graph; both may grow. */
export interface NamedRddsDeps {
  readonly environment: RddEnvironment;
  readonly streams: readonly GraphStream<unknown>[];
  readonly outputs: readonly OutputOperation[];
}

/** Finds the RDDs and actions that tasks name. */
export class NamedRdds {
  readonly #deps: NamedRddsDeps;

  constructor(deps: NamedRddsDeps) {
    this.#deps = deps;
  }

  /**
   * The RDD that a task names. An RDD that this process has not made yet is made here, by the same program under the
   * same name.
   *
   * @throws `MR_GRAPH_UNKNOWN_RDD`.
   */
  find(batchTime: BatchTime, outputOperation: number, rddId: string): RDD<unknown> {
    const { environment, streams, outputs } = this.#deps;
    const known = environment.find(rddId);
    if (known !== undefined) return known;
    // An output may also look back at other batches and streams (`slice`): the RDD's name contains the batch and the
    // stream.
    const [, time, id] = /^(-?\d+)\/([^#]+)(?:#\d+)?$/.exec(rddId) ?? [];
    streams.find((stream) => stream.id === id)?.getOrCompute(Number(time));
    if (environment.find(rddId) === undefined) outputs[outputOperation]?.stream.getOrCompute(batchTime);
    const made = environment.find(rddId);
    if (made !== undefined) return made;
    throw dstreamError(
      'MR_GRAPH_UNKNOWN_RDD',
      `output operation ${outputOperation} makes no rdd ${rddId} in batch ${batchTime}; run the same program on driver and executors`,
      { details: { batchTime, outputOperation, rddId } },
    );
  }

  /** An action that only the stream of this RDD knows. */
  findAction(rddId: string, name: string): Action<unknown, unknown, unknown> | undefined {
    const [, id] = /^-?\d+\/([^#]+)/.exec(rddId) ?? [];
    return this.#deps.streams.find((stream) => stream.id === id)?.findAction(name);
  }
}

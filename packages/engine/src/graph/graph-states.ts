// The streams of a graph with state from batch to batch: the state continues in every batch, also in a batch without
// work for any output.
import type { BatchTime } from '@millrace/core';
import type { Job } from '../batches/job.ts';
import type { RddEnvironment } from '../rdd/rdd-environment.ts';
import type { SharedState } from './checkpointed-state.ts';
import type { GraphStream } from './graph-stream.ts';

/** Stands for the number of an output operation where there is none. */
const NO_OUTPUT = -1;

/** The streams with state among the streams of a graph. */
export class GraphStates {
  readonly #streams: readonly GraphStream<unknown>[];
  readonly #environment: RddEnvironment;

  /** @param streams The streams of the graph, in the order of definition; may grow afterwards. */
  constructor(streams: readonly GraphStream<unknown>[], environment: RddEnvironment) {
    this.#streams = streams;
    this.#environment = environment;
  }

  /** The streams with state, with the part of the state that executors share. A stream that no output reads has none. */
  shared(): readonly (readonly [GraphStream<unknown>, SharedState])[] {
    return this.#streams.flatMap((stream) => {
      const shared = stream.zeroTime === undefined ? undefined : stream.state?.shared;
      return shared === undefined ? [] : [[stream, shared] as const];
    });
  }

  /** The streams with state that are part of this batch, in the order of definition. */
  at(batchTime: BatchTime): readonly GraphStream<unknown>[] {
    return this.#streams.filter(
      (stream) =>
        stream.state !== undefined && stream.zeroTime !== undefined && stream.isTimeValid(batchTime),
    );
  }

  /** Computes the states of a batch, one stream after the other. */
  async materialize(batchTime: BatchTime): Promise<void> {
    for (const stream of this.at(batchTime)) await stream.materialize(batchTime);
  }

  /** The job of a batch without output work, in which only the state continues. */
  jobAt(batchTime: BatchTime): Job {
    const environment = this.#environment;
    return {
      batchTime,
      outputOperation: NO_OUTPUT,
      name: 'state',
      run: ({ signal }) =>
        environment.inJob({ batchTime, outputOperation: NO_OUTPUT, signal }, () =>
          this.materialize(batchTime),
        ),
    };
  }
}

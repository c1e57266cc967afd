// The tasks of an executor with its own copy of the program, without the driver's memory. This class adds the work
// that shared memory makes unnecessary: inputs come with the message, the RDD is built here under the same name,
// buckets and blocks of other executors are fetched, and the answer leaves as bytes.
import type { Codec, ExecutorId } from '@millrace/core';
import {
  serializeError,
  type ExecutorPeers,
  type FetchBuckets,
  type FetchBucketsReply,
  type RunTask,
  type TaskOutcome,
} from '@millrace/core/engine';
import { encodedOrNamed } from '../rdd/no-data.ts';
import type { ShuffleStore } from '../rdd/shuffle-store.ts';
import type { TaskRunner } from './task-runner.ts';
import { PeerShuffleFetcher } from './peer-shuffle-fetcher.ts';
import type { TaskProgram } from './task-program.ts';

/** Collaborators of the tasks. */
export interface ProgramTasksDeps {
  readonly executorId: ExecutorId;
  readonly program: TaskProgram;
  readonly runner: TaskRunner;
  readonly shuffleStore: ShuffleStore;
  readonly peers: ExecutorPeers;
  readonly codec: Codec;
}

/** Runs tasks by name. */
export class ProgramTasks {
  readonly #deps: ProgramTasksDeps;

  constructor(deps: ProgramTasksDeps) {
    this.#deps = deps;
  }

  /** Runs a task; never rejects. An answer that cannot be encoded is a failure of the task. */
  async run(request: RunTask): Promise<TaskOutcome> {
    const { executorId, program, runner, shuffleStore, peers, codec } = this.#deps;
    try {
      program.takeInputs(request);
      const { epoch, shuffles = [] } = request;
      const fetcher = new PeerShuffleFetcher({ executorId, epoch, shuffles, shuffleStore, peers, codec });
      const outcome = await runner.run(request, { fetcher });
      if (!outcome.ok) return outcome;
      const { action = 'its task', rddId, batchTime } = request.task;
      const what = `the answers of ${action} of rdd ${rddId} in batch ${batchTime}`;
      return { ...outcome, value: encodedOrNamed(codec, [outcome.value], what), isEncoded: true };
    } catch (error) {
      return { ok: false, error: serializeError(error) };
    }
  }

  /**
   * Answers another executor with the buckets that tasks on this executor have written for it. Buckets are encoded
   * anew each time.
   */
  async fetchBuckets({ shuffleId, partition, mapPartitions }: FetchBuckets): Promise<FetchBucketsReply> {
    const { shuffleStore, codec } = this.#deps;
    const buckets = mapPartitions.map((mapPartition) => {
      const bucket = shuffleStore.bucket(shuffleId, mapPartition, partition);
      if (bucket === undefined) return null;
      return encodedOrNamed(codec, bucket, `the records of shuffle ${shuffleId}`);
    });
    return { buckets };
  }
}

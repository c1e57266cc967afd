// The graph: every stream and output operation of a program, in the order of definition. At the start the graph
// computes lifetimes; then it makes the jobs of each batch, and decides afterwards which RDDs can be forgotten.
//
// Making a batch has two parts. First the input streams take their input, which may have to wait for a disk; streams
// with allocated blocks come last, after the allocation. Then the graph builds RDDs and jobs from the input in one go,
// without waiting, so nothing can come in between.
//
// The parts have files of their own: input streams (`graph-inputs.ts`), streams with state (`graph-states.ts`), RDDs by
// name (`named-rdds.ts`), uids (`stream-uids.ts`). Most methods here are one line, and their doc comments make the file
// long.
import type { BatchTime, Logger, StreamId } from '@millrace/core';
import type { BatchInput, RecordErrors } from '@millrace/core/engine';
import type { ForgottenData, JobGraph } from '../batches/job-graph.ts';
import type { Job } from '../batches/job.ts';
import { SkippedBatches } from '../batches/skipped-batches.ts';
import type { Action } from '../rdd/action.ts';
import type { RDD } from '../rdd/rdd.ts';
import type { RddEnvironment } from '../rdd/rdd-environment.ts';
import { dstreamError } from './dstream-errors.ts';
import { BatchWalk } from './batch-walk.ts';
import type { SharedState } from './checkpointed-state.ts';
import { fingerprintOf, shapeOf } from './graph-fingerprint.ts';
import { GraphInputs } from './graph-inputs.ts';
import { initializeLifetimes, streamsRead } from './graph-lifetimes.ts';
import { GraphStates } from './graph-states.ts';
import { NamedRdds } from './named-rdds.ts';
import type { InputStream } from './input-stream.ts';
import { StreamOutput, type OutputDefinition, type OutputOperation } from './output-operation.ts';
import type { GraphStream } from './graph-stream.ts';
import type { StreamGraph } from './stream-scope.ts';
import { StreamUids } from './stream-uids.ts';

/** The collaborators of a graph. */
export interface DStreamGraphDeps {
  readonly environment: RddEnvironment;
  readonly log: Logger;
}

/** The streams and outputs of one program. */
export class DStreamGraph implements JobGraph, StreamGraph {
  readonly #environment: RddEnvironment;
  readonly #log: Logger;
  readonly #streams: GraphStream<unknown>[] = [];
  readonly #inputs = new GraphInputs();
  readonly #outputs: OutputOperation[] = [];
  readonly #uids = new StreamUids();
  readonly #states: GraphStates;
  readonly #named: NamedRdds;
  /** Batches whose jobs were made, and whose outputs still have RDDs. */
  readonly #madeBatches = new Set<BatchTime>();
  /** Makes the RDDs of a batch, parents first. */
  readonly walk = new BatchWalk();
  #rememberMs: number | undefined;
  #zeroTime: BatchTime | undefined;
  #fingerprint: string | undefined;
  #sharedStates: readonly (readonly [GraphStream<unknown>, SharedState])[] = [];
  #latestBatchTime: BatchTime | undefined;
  /** The batch times that never become batches: windows reach over skipped times, and state continues after them. */
  readonly skipped = new SkippedBatches();
  /**
   * Batches up to this one were done by an earlier driver: only windows read these batches now. Set before the start.
   */
  recoveredUpTo: BatchTime = Number.NEGATIVE_INFINITY;

  constructor(deps: DStreamGraphDeps) {
    this.#environment = deps.environment;
    this.#log = deps.log;
    const { environment } = deps;
    this.#states = new GraphStates(this.#streams, environment);
    this.#named = new NamedRdds({ environment, streams: this.#streams, outputs: this.#outputs });
  }

  // Defining: called by streams as they are made

  /** Registers a stream. @returns its position. */
  addStream(stream: GraphStream<unknown>): number {
    return this.#streams.push(stream) - 1;
  }

  /** Registers an input stream, after `addStream`. */
  addInput(stream: InputStream): void {
    this.#inputs.add(stream);
  }

  /** Adds an output operation. @throws `MR_GRAPH_DUPLICATE_OUTPUT`, and the errors of `scope.assertCanDefine`. */
  addOutput<T>(definition: OutputDefinition<T>): void {
    const { kind, target } = definition;
    definition.stream.scope.assertCanDefine(kind);
    if (target !== undefined && this.#outputs.some((output) => output.target === target)) {
      throw dstreamError(
        'MR_GRAPH_DUPLICATE_OUTPUT',
        `${kind} writes to ${target}, and another output writes there too; choose a different prefix for each output`,
        { details: { kind, target } },
      );
    }
    const materializeStates = (batchTime: BatchTime) => this.#states.materialize(batchTime);
    this.#outputs.push(new StreamOutput<T>(this.#outputs.length, definition, materializeStates));
  }

  /** Reserves a uid and the former uids. @throws `MR_GRAPH_INVALID_UID`, `MR_GRAPH_DUPLICATE_UID`. */
  claimUid(uid: string, stream: GraphStream<unknown>, former: readonly string[]): void {
    this.#uids.claim(uid, stream, former);
  }

  /**
   * Keeps the RDDs of all streams at least this long. May be called once, before the start.
   *
   * @throws `MR_GRAPH_REMEMBER_ALREADY_SET`.
   */
  remember(durationMs: number): void {
    if (this.#rememberMs !== undefined) {
      throw dstreamError(
        'MR_GRAPH_REMEMBER_ALREADY_SET',
        `remember was already set to ${this.#rememberMs} ms`,
      );
    }
    this.#rememberMs = durationMs;
  }

  // Inspecting

  /** All streams, in the order of definition: parents before derived streams. */
  get streams(): readonly GraphStream<unknown>[] {
    return this.#streams;
  }

  /** The input streams, in the order of their stream ids. */
  get inputs(): readonly InputStream[] {
    return this.#inputs.all;
  }

  /** The output operations, in the order of their numbers. */
  get outputs(): readonly OutputOperation[] {
    return this.#outputs;
  }

  /** The latest batch whose input was taken; undefined before the first. */
  get latestBatchTime(): BatchTime | undefined {
    return this.#latestBatchTime;
  }

  /** The streams with state, with the part of the state that executors share; empty before the start. */
  get sharedStates(): readonly (readonly [GraphStream<unknown>, SharedState])[] {
    return this.#sharedStates;
  }

  get maxInputRememberMs(): number {
    return this.#inputs.maxRememberMs;
  }

  /** A digest of the program's graph: driver and executors run the same program when the digests are equal. */
  fingerprint(): string {
    if (this.#fingerprint !== undefined) return this.#fingerprint;
    const digest = fingerprintOf(this.#streams, this.#outputs, this.#environment.defaultParallelism);
    // Nothing is defined after the start.
    if (this.#zeroTime !== undefined) this.#fingerprint = digest;
    return digest;
  }

  /**
   * A description of the program, one line for each stream and output: two different fingerprints differ in these
   * lines.
   */
  shape(): readonly string[] {
    return shapeOf(this.#streams, this.#outputs, this.#environment.defaultParallelism);
  }

  /** @throws `MR_GRAPH_NO_OUTPUT_OPERATION`. */
  validate(): void {
    if (this.#outputs.length > 0) return;
    throw dstreamError(
      'MR_GRAPH_NO_OUTPUT_OPERATION',
      'the program has no output operation, so there is nothing to do; call foreachRDD, foreachPartition or print on a stream',
    );
  }

  // Running

  /** The time before the first batch; undefined until the graph starts. */
  get zeroTime(): BatchTime | undefined {
    return this.#zeroTime;
  }

  /** @throws `MR_GRAPH_ALREADY_STARTED`, and the errors of `validate`. */
  start(zeroTime: BatchTime): void {
    if (this.#zeroTime !== undefined) {
      throw dstreamError(
        'MR_GRAPH_ALREADY_STARTED',
        `the graph was already started with zero time ${this.#zeroTime}`,
      );
    }
    this.validate();
    this.#zeroTime = zeroTime;
    const streams = this.#streams;
    const outputs = this.#outputs.map((output) => output.stream);
    this.#inputs.warnOfUnread(streamsRead(streams, outputs), this.#log);
    // Inputs that no output reads take part all the same: their received blocks have to be cleared away.
    const ends = [...outputs, ...this.#inputs.all];
    initializeLifetimes({
      streams,
      read: streamsRead(streams, ends),
      ends,
      zeroTime,
      rememberMs: this.#rememberMs ?? 0,
    });
    this.#sharedStates = this.#states.shared();
  }

  /** Has nothing to release: input streams take their input batch by batch, and hold nothing open in between. */
  async stop(): Promise<void> {}

  async takeInputs(
    batchTime: BatchTime,
    { forRecord }: { readonly forRecord: boolean },
  ): Promise<ReadonlyMap<StreamId, unknown>> {
    await this.#inputs.takeUnallocated(batchTime);
    return forRecord ? this.inputsOf(batchTime) : new Map();
  }

  /** May be called again for the same batch: inputs keep the batch's input, streams keep their RDDs. */
  async generateJobs(allocated: BatchInput): Promise<readonly Job[]> {
    const { batchTime } = allocated;
    await this.#inputs.take(allocated);
    this.#latestBatchTime = Math.max(this.#latestBatchTime ?? batchTime, batchTime);
    this.#madeBatches.add(batchTime);
    const states = this.#states.at(batchTime);
    // Made now, from the input of this batch, also when no output reads the states in this batch.
    for (const stream of states) stream.getOrCompute(batchTime);
    const jobs = this.#outputs.map((output) => output.jobAt(batchTime)).filter((job) => job !== undefined);
    return jobs.length > 0 || states.length === 0 ? jobs : [this.#states.jobAt(batchTime)];
  }

  /** Called where memory is shared, and on the driver: a batch up to this one that is not computed yet was given up. */
  abandon(doneUpTo: BatchTime): void {
    for (const stream of this.#streams) stream.abandon(doneUpTo);
  }

  clearMetadata(batchTime: BatchTime): ForgottenData {
    const cleared = this.#streams.map((stream) => stream.clearMetadata(batchTime));
    const rddIds = [...cleared.flatMap((forgotten) => forgotten.rddIds), ...this.#rddIdsOfOutputs(batchTime)];
    // Executors of other processes get a message; in this process, only this call forgets.
    this.#environment.forget(rddIds);
    return {
      rddIds,
      blockIds: cleared.flatMap((forgotten) => forgotten.blockIds),
      loggedBlockIds: cleared.flatMap((forgotten) => forgotten.loggedBlockIds),
    };
  }

  // For executors and recovery

  /**
   * The RDD that a task names. An RDD that this process has not made yet is made here, by the same program under the
   * same name.
   *
   * @throws `MR_GRAPH_UNKNOWN_RDD`.
   */
  find(batchTime: BatchTime, outputOperation: number, rddId: string): RDD<unknown> {
    return this.#named.find(batchTime, outputOperation, rddId);
  }

  /** An action that only the stream of this RDD knows. */
  findAction(rddId: string, name: string): Action<unknown, unknown, unknown> | undefined {
    return this.#named.findAction(rddId, name);
  }

  /**
   * The inputs of a batch, by stream id, as data that a checkpoint or a task message can hold. Receiver streams are
   * left out: the tracker knows their blocks.
   *
   * @throws `MR_GRAPH_INPUT_NOT_PORTABLE`.
   */
  inputsOf(batchTime: BatchTime): ReadonlyMap<StreamId, unknown> {
    return this.#inputs.exported(batchTime);
  }

  /**
   * The counterpart of `inputsOf`: the batch gets this input, even when the source returns other input now (BAT-4).
   *
   * @throws `MR_GRAPH_INPUT_INVALID`.
   */
  restoreInputs(batchTime: BatchTime, inputs: ReadonlyMap<StreamId, unknown>): void {
    this.#inputs.restore(batchTime, inputs);
  }

  /**
   * Restores the inputs of a batch of an earlier driver from the record. In a done batch, an input without a record
   * stays empty. In an unfinished batch, such an input is taken anew.
   *
   * @throws `MR_GRAPH_INPUT_INVALID`.
   */
  recoverBatch(
    batchTime: BatchTime,
    recorded: { readonly inputs: ReadonlyMap<StreamId, unknown>; readonly isDone: boolean },
  ): void {
    this.#inputs.recover(batchTime, recorded);
  }

  /** Reports of the records that were left out of the input of a batch and become dead letters. */
  leftOutAt(batchTime: BatchTime): readonly RecordErrors[] {
    return this.#inputs.leftOutAt(batchTime);
  }

  #rddIdsOfOutputs(batchTime: BatchTime): string[] {
    const rddIds: string[] = [];
    for (const time of this.#madeBatches) {
      if (time > batchTime) continue;
      this.#madeBatches.delete(time);
      for (const { number } of this.#outputs)
        for (const rddId of this.#environment.idsOf(`${time}/output-${number}`)) rddIds.push(rddId);
    }
    return rddIds;
  }
}

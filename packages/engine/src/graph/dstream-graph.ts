// The graph: every stream and output operation of a program, in the order of definition. At the start the graph
// computes lifetimes; then it makes the jobs of each batch, and decides afterwards which RDDs can be forgotten.
//
// Making a batch has two parts. First the input streams take their input, which may have to wait for a disk; streams
// with allocated blocks come last, after the allocation. Then the graph builds RDDs and jobs from the input in one go,
// without waiting, so nothing can come in between.
import type { BatchTime, Logger, StreamId } from '@millrace/core';
import { type BatchInput, describeValue } from '@millrace/core/engine';
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
import { initializeLifetimes, streamsRead } from './graph-lifetimes.ts';
import type { InputStream } from './input-stream.ts';
import { StreamOutput, type OutputDefinition, type OutputOperation } from './output-operation.ts';
import type { StreamNode } from './stream-node.ts';

/** Stands for the number of an output operation where there is none. */
const NO_OUTPUT = -1;

/** The collaborators of a graph. */
export interface DStreamGraphDeps {
  readonly environment: RddEnvironment;
  readonly log: Logger;
}

/** The streams and outputs of one program. */
export class DStreamGraph implements JobGraph {
  readonly #environment: RddEnvironment;
  readonly #log: Logger;
  readonly #streams: StreamNode<unknown>[] = [];
  readonly #inputs: InputStream[] = [];
  readonly #outputs: OutputOperation[] = [];
  readonly #uids = new Map<string, StreamNode<unknown>>();
  /** Batches whose jobs were made, and whose outputs still have RDDs. */
  readonly #madeBatches = new Set<BatchTime>();
  /** Makes the RDDs of a batch, parents first. */
  readonly walk = new BatchWalk();
  #rememberMs: number | undefined;
  #zeroTime: BatchTime | undefined;
  #fingerprint: string | undefined;
  #sharedStates: readonly (readonly [StreamNode<unknown>, SharedState])[] = [];
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
  }

  // Defining: called by streams as they are made

  /** Registers a stream. @returns its position. */
  addStream(stream: StreamNode<unknown>): number {
    return this.#streams.push(stream) - 1;
  }

  /** Registers an input stream, after `addStream`. */
  addInput(stream: InputStream): void {
    this.#inputs.push(stream);
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
    const materializeStates = (batchTime: BatchTime) => this.#materializeStates(batchTime);
    this.#outputs.push(new StreamOutput<T>(this.#outputs.length, definition, materializeStates));
  }

  /**
   * Reserves a uid. A uid begins with a letter, an automatic id with a digit, an output's name with `output-`: the
   * three never collide in the names of RDDs.
   *
   * @throws `MR_GRAPH_INVALID_UID`, `MR_GRAPH_DUPLICATE_UID`.
   */
  claimUid(uid: string, stream: StreamNode<unknown>): void {
    if (typeof uid !== 'string' || !/^(?!output-)[A-Za-z][A-Za-z0-9._-]*$/.test(uid)) {
      const expected =
        'must begin with a letter, but not with output-, and hold letters, digits, dots, underscores and dashes only';
      throw dstreamError('MR_GRAPH_INVALID_UID', `a uid ${expected}; it is ${describeValue(uid)}`, {
        details: { uid },
      });
    }
    const owner = this.#uids.get(uid);
    if (owner !== undefined && owner !== stream) {
      const message = `uid ${uid} belongs to the ${owner.kind} at position ${owner.position}, the ${stream.kind} at ${stream.position} needs another`;
      throw dstreamError('MR_GRAPH_DUPLICATE_UID', message, { details: { uid } });
    }
    if (stream.hasUid) this.#uids.delete(stream.id);
    this.#uids.set(uid, stream);
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
  get streams(): readonly StreamNode<unknown>[] {
    return this.#streams;
  }

  /** The input streams, in the order of their stream ids. */
  get inputs(): readonly InputStream[] {
    return this.#inputs;
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
  get sharedStates(): readonly (readonly [StreamNode<unknown>, SharedState])[] {
    return this.#sharedStates;
  }

  get maxInputRememberMs(): number {
    return this.#inputs.reduce((most, { rememberMs }) => Math.max(most, rememberMs), 0);
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
    this.#warnOfUnread(streamsRead(streams, outputs));
    // Inputs that no output reads take part all the same: their received blocks have to be cleared away.
    const ends = [...outputs, ...this.#inputs];
    initializeLifetimes({
      streams,
      read: streamsRead(streams, ends),
      ends,
      zeroTime,
      rememberMs: this.#rememberMs ?? 0,
    });
    // A stream that no output reads has no batches.
    this.#sharedStates = streams.flatMap((stream) => {
      const shared = stream.zeroTime === undefined ? undefined : stream.state?.shared;
      return shared === undefined ? [] : [[stream, shared] as const];
    });
  }

  /** Has nothing to release: input streams take their input batch by batch, and hold nothing open in between. */
  async stop(): Promise<void> {}

  async takeInputs(
    batchTime: BatchTime,
    { forRecord }: { readonly forRecord: boolean },
  ): Promise<ReadonlyMap<StreamId, unknown>> {
    await this.#prepare(
      batchTime,
      this.#inputs.filter((input) => !input.isAllocated),
    );
    return forRecord ? this.inputsOf(batchTime) : new Map();
  }

  /** May be called again for the same batch: inputs keep the batch's input, streams keep their RDDs. */
  async generateJobs(allocated: BatchInput): Promise<readonly Job[]> {
    const { batchTime } = allocated;
    await this.#prepare(batchTime, this.#inputs, allocated);
    this.#latestBatchTime = Math.max(this.#latestBatchTime ?? batchTime, batchTime);
    this.#madeBatches.add(batchTime);
    const states = this.#statesAt(batchTime);
    // Made now, from the input of this batch, also when no output reads the states in this batch.
    for (const stream of states) stream.getOrCompute(batchTime);
    const jobs = this.#outputs.map((output) => output.jobAt(batchTime)).filter((job) => job !== undefined);
    return jobs.length > 0 || states.length === 0 ? jobs : [this.#stateJob(batchTime)];
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
    const known = this.#environment.find(rddId);
    if (known !== undefined) return known;
    // An output may also look back at other batches and streams (`slice`): the RDD's name contains the batch and the
    // stream.
    const [, time, id] = /^(-?\d+)\/([^#]+)(?:#\d+)?$/.exec(rddId) ?? [];
    this.#streams.find((stream) => stream.id === id)?.getOrCompute(Number(time));
    if (this.#environment.find(rddId) === undefined)
      this.#outputs[outputOperation]?.stream.getOrCompute(batchTime);
    const made = this.#environment.find(rddId);
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
    return this.#streams.find((stream) => stream.id === id)?.findAction(name);
  }

  /**
   * The inputs of a batch, by stream id, as data that a checkpoint or a task message can hold. Receiver streams are
   * left out: the tracker knows their blocks.
   *
   * @throws `MR_GRAPH_INPUT_NOT_PORTABLE`.
   */
  inputsOf(batchTime: BatchTime): ReadonlyMap<StreamId, unknown> {
    const inputs = new Map<StreamId, unknown>();
    for (const input of this.#inputs) {
      const taken = input.exportInput(batchTime);
      if (taken !== undefined) inputs.set(input.streamId, taken);
    }
    return inputs;
  }

  /**
   * The counterpart of `inputsOf`: the batch gets this input, even when the source returns other input now (BAT-4).
   *
   * @throws `MR_GRAPH_INPUT_INVALID`.
   */
  restoreInputs(batchTime: BatchTime, inputs: ReadonlyMap<StreamId, unknown>): void {
    for (const input of this.#inputs) {
      if (inputs.has(input.streamId)) input.restoreInput(batchTime, inputs.get(input.streamId));
    }
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
    for (const input of this.#inputs) {
      if (recorded.inputs.has(input.streamId))
        input.restoreInput(batchTime, recorded.inputs.get(input.streamId));
      if (recorded.isDone) input.recoverDone(batchTime);
    }
  }

  /** Waits for all inputs before a failure is reported, so that a second attempt never overlaps with the first. */
  async #prepare(
    batchTime: BatchTime,
    inputs: readonly InputStream[],
    allocated?: BatchInput,
  ): Promise<void> {
    const outcomes = await Promise.allSettled(
      inputs.map(async (input) => input.prepare(batchTime, allocated?.blocks.get(input.streamId))),
    );
    const errors = outcomes
      .filter((outcome) => outcome.status === 'rejected')
      .map((outcome) => outcome.reason);
    if (errors.length === 1) throw errors[0];
    if (errors.length > 1)
      throw new AggregateError(errors, `${errors.length} inputs failed for batch ${batchTime}`);
  }

  /** The streams with state that are part of this batch, in the order of definition. */
  #statesAt(batchTime: BatchTime): StreamNode<unknown>[] {
    return this.#streams.filter(
      (stream) =>
        stream.state !== undefined && stream.zeroTime !== undefined && stream.isTimeValid(batchTime),
    );
  }

  async #materializeStates(batchTime: BatchTime): Promise<void> {
    for (const stream of this.#statesAt(batchTime)) await stream.materialize(batchTime);
  }

  /** The job of a batch without output work, in which only the state continues. */
  #stateJob(batchTime: BatchTime): Job {
    const environment = this.#environment;
    return {
      batchTime,
      outputOperation: NO_OUTPUT,
      name: 'state',
      run: ({ signal }) =>
        environment.inJob({ batchTime, outputOperation: NO_OUTPUT, signal }, () =>
          this.#materializeStates(batchTime),
        ),
    };
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

  #warnOfUnread(read: ReadonlySet<StreamNode<unknown>>): void {
    for (const input of this.#inputs) {
      if (read.has(input)) continue;
      this.#log.warn('no output reads this input stream: its records are dropped', {
        stream: input.id,
        streamId: input.streamId,
      });
    }
  }
}

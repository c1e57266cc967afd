// The beginning of streams. For every batch an input stream first takes its input, once: blocks allocated to the batch,
// the head of a queue, files that have appeared. From then on this is the input of the batch, however often RDDs and
// jobs are made, until the batch is forgotten (BAT-4).
import type { BatchTime, BlockId, ReceivedBlockInfo, StreamId, StreamInputInfo } from '@millrace/core';
import { type DeadRecord, ReleasingMap } from '@millrace/core/engine';
import type { ForgottenData } from '../batches/job-graph.ts';
import type { RDD } from '../rdd/rdd.ts';
import { dstreamError } from '../graph/dstream-errors.ts';
import type { PlaceOfData } from '../graph/place-of-data.ts';
import { derivedStreams } from './derived-streams.ts';
import { DStream } from './dstream.ts';
import type { StreamScope } from '../graph/stream-scope.ts';

/** The description of one batch's input; the stream's id and name are added. */
export type InputDescription = Omit<StreamInputInfo, 'streamId' | 'streamName'>;

interface Taken<Input> {
  readonly input: Input;
  isReported: boolean;
}

/** A stream with a source of its own. `Input` is the type of one batch's input. */
export abstract class InputDStream<out T, out Input = unknown> extends DStream<T> {
  readonly streamId: StreamId;
  /** A readable name, with the stream id at the end: `queue [0]`. */
  readonly name: string;
  readonly #taken = new ReleasingMap<BatchTime, Taken<Input>>();

  constructor(scope: StreamScope, options: { readonly kind: string; readonly description: string }) {
    super(scope, { kind: options.kind, slideMs: scope.batchIntervalMs, parents: [] }, derivedStreams);
    this.streamId = scope.nextStreamId();
    this.name = `${options.description} [${this.streamId}]`;
    scope.graph.addInput(this);
  }

  /**
   * True when another component allocates the stream's input, batch by batch, as the tracker allocates blocks; false
   * when the stream takes its input itself.
   */
  get isAllocated(): boolean {
    return false;
  }

  /** The place that executors read the input from; undefined for an input of another kind. */
  get place(): PlaceOfData | undefined {
    return undefined;
  }

  /**
   * Takes the input of a batch. Called once a batch, in order; again only after a failure.
   *
   * @param allocated The blocks that the tracker allocated to this stream; undefined without an allocation.
   */
  protected abstract take(
    batchTime: BatchTime,
    allocated: readonly ReceivedBlockInfo[] | undefined,
  ): Input | Promise<Input>;

  /** Makes the RDD of a batch from its input. */
  protected abstract build(input: Input): RDD<T>;

  /** Counts an input. */
  protected abstract describe(input: Input): InputDescription;

  /** The input as data that `importInput` takes; undefined when another component keeps the input. */
  protected abstract exportData(input: Input): unknown;

  /** The input from the data of `exportData`; undefined when the data has another shape. */
  protected abstract importData(data: unknown): Input | undefined;

  /** The blocks that are removed when an input is forgotten. */
  protected blocksOf(_input: Input): readonly ReceivedBlockInfo[] {
    return [];
  }

  /** Called by the graph on the driver, before the RDDs of a batch are made. Taking and reporting happen once. */
  async prepare(batchTime: BatchTime, allocated?: readonly ReceivedBlockInfo[]): Promise<void> {
    let taken = this.#taken.get(batchTime);
    if (taken === undefined) {
      taken = { input: await this.take(batchTime, allocated), isReported: false };
      this.#taken.set(batchTime, taken);
    }
    if (taken.isReported) return;
    taken.isReported = true;
    const { streamId, name: streamName } = this;
    this.scope.inputInfo.report(batchTime, { streamId, streamName, ...this.describe(taken.input) });
  }

  /** The records that were left out of the input of a batch and become dead letters. */
  leftOutAt(_batchTime: BatchTime): readonly DeadRecord[] {
    return [];
  }

  /** The input of a batch, as data; undefined without input, or when another component keeps the input. */
  exportInput(batchTime: BatchTime): unknown {
    const isRecovered = batchTime <= this.scope.graph.recoveredUpTo;
    const input = this.takenFor(batchTime) ?? (isRecovered ? this.takeAgain(batchTime) : undefined);
    return input === undefined ? undefined : this.exportData(input);
  }

  /** Restores the input that a batch had on another process or driver. @throws `MR_GRAPH_INPUT_INVALID`. */
  restoreInput(batchTime: BatchTime, data: unknown): void {
    const input = this.importData(data);
    if (input === undefined) {
      const message = `the stored input of ${this.name} for batch ${batchTime} is not an input of a ${this.kind} stream`;
      throw dstreamError('MR_GRAPH_INPUT_INVALID', message, { details: { stream: this.id, batchTime } });
    }
    if (!this.#taken.has(batchTime)) this.#taken.set(batchTime, { input, isReported: false });
  }

  /**
   * Restores the input of a batch that was done before this driver began: only windows read the batch now. Without a
   * record, the input is the source's present answer for that batch.
   */
  recoverDone(batchTime: BatchTime): void {
    const taken = this.#taken.get(batchTime);
    const input = taken === undefined ? this.takeAgain(batchTime) : taken.input;
    this.#taken.set(batchTime, { input, isReported: true });
  }

  /** The input of an earlier batch without a record. */
  protected abstract takeAgain(batchTime: BatchTime): Input;

  override clearMetadata(batchTime: BatchTime): ForgottenData {
    const blockIds: BlockId[] = [];
    const loggedBlockIds: BlockId[] = [];
    for (const [time, { input }] of this.#taken) {
      if (time > batchTime - this.rememberMs) continue;
      this.#taken.delete(time);
      for (const { blockId, durability } of this.blocksOf(input)) {
        (durability === 'memory' ? blockIds : loggedBlockIds).push(blockId);
      }
    }
    return { ...super.clearMetadata(batchTime), blockIds, loggedBlockIds };
  }

  /** A batch without its input would silently be empty, so it is refused. */
  protected override compute(batchTime: BatchTime): RDD<T> {
    const input = this.takenFor(batchTime);
    if (input !== undefined) return this.build(input);
    if (batchTime <= this.scope.graph.recoveredUpTo) return this.build(this.takeAgain(batchTime));
    throw dstreamError('MR_GRAPH_INPUT_MISSING', `${this.name} has no input for batch ${batchTime}`, {
      details: { stream: this.id, batchTime },
    });
  }

  /** The input of a batch; undefined without input, or after the batch is forgotten. */
  protected takenFor(batchTime: BatchTime): Input | undefined {
    return this.#taken.get(batchTime)?.input;
  }
}

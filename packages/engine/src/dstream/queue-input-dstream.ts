// A stream from a queue that the program fills: for tests, for examples, and for programs that make their own batches.
// The queue is an ordinary array: the program pushes entries, batches shift entries. Only the program bounds its
// length.
import type { BatchTime } from '@millrace/core';
import { type DeadRecord, ReleasingMap } from '@millrace/core/engine';
import type { ForgottenData } from '../batches/job-graph.ts';
import { LeftOutCount, siftRecords } from '../receiving/sift-records.ts';
import { LeftOutTotal } from '../receiving/left-out-total.ts';
import { synchronous } from '../rdd/synchronous.ts';
import { RDD } from '../rdd/rdd.ts';
import type { RddEnvironment } from '../rdd/rdd-environment.ts';
import { parallelize } from '../rdd/parallelize.ts';
import { RecordChunks } from '../rdd/record-chunks.ts';
import { invalidArgument, operatorOptions, optionalPartitions } from '../graph/checked-argument.ts';
import { dstreamError } from '../graph/dstream-errors.ts';
import { InputDStream, type InputDescription } from './input-dstream.ts';
import type { StreamScope } from '../graph/stream-scope.ts';

/** The input of a batch: its records, or a function that makes an RDD in the given environment. */
export type QueueEntry<T> = readonly T[] | ((environment: RddEnvironment) => RDD<T>);

/** Options of a queue stream. */
export interface QueueStreamOptions<T> {
  /** True: one entry a batch. False: all waiting entries, in order. Default true. */
  readonly oneAtATime?: boolean;
  /** The entry of a batch when the queue is empty. Default: no records. */
  readonly defaultEntry?: QueueEntry<T>;
  /** Partitions of each entry of records. Default: the environment's default parallelism. */
  readonly partitions?: number;
}

/** Records as of the time when the batch took them, or a function that makes an RDD. */
type Entry<T> = RecordChunks<T> | ((environment: RddEnvironment) => RDD<T>);
type Entries<T> = readonly Entry<T>[];

/** A stream of the entries of a queue. */
export class QueueInputDStream<out T> extends InputDStream<T, Entries<T>> {
  readonly #queue: QueueEntry<T>[];
  readonly #options: QueueStreamOptions<T>;
  readonly #leftOut: LeftOutTotal;
  /** The letters of batches, in memory only. */
  readonly #letters = new ReleasingMap<BatchTime, readonly DeadRecord[]>();

  /** @throws `MR_GRAPH_INVALID_ARGUMENT`. */
  constructor(scope: StreamScope, queue: QueueEntry<T>[], options: QueueStreamOptions<T> = {}) {
    operatorOptions('queueStream', options, { oneAtATime: 'flag', defaultEntry: 'any', partitions: 'any' });
    optionalPartitions('queueStream', options.partitions);
    if (!Array.isArray(queue)) throw invalidArgument('queueStream', 'queue', queue, 'an array of entries');
    for (const entry of queue) assertEntry(entry);
    if (options.defaultEntry !== undefined) assertEntry(options.defaultEntry);
    super(scope, { kind: 'queue', description: 'queue' });
    this.#queue = queue;
    this.#options = options;
    this.#leftOut = new LeftOutTotal(this.streamId, this.name);
  }

  protected override take(batchTime: BatchTime): Entries<T> {
    const { oneAtATime = true, defaultEntry } = this.#options;
    const count = oneAtATime ? 1 : this.#queue.length;
    // Checked while the entry is still in the queue: a batch that is tried again must not go on without the entry.
    for (const entry of this.#queue.slice(0, count)) assertEntry(entry);
    const entries = this.#queue.splice(0, count);
    if (entries.length === 0 && defaultEntry !== undefined) entries.push(defaultEntry);
    return this.#sifted(entries, batchTime).map(copied);
  }

  /**
   * Leaves out the records that the codec does not accept. A batch without encoding must have the same records, so this
   * check also runs there.
   */
  #sifted(entries: readonly QueueEntry<T>[], batchTime: BatchTime): readonly QueueEntry<T>[] {
    const { codec, publish, log } = this.scope;
    const leftOut = new LeftOutCount(this.recordErrorReaction === 'dead-letter' ? codec : undefined);
    const sifted = entries.map((entry) =>
      typeof entry === 'function' ? entry : (siftRecords(entry, { codec, leftOut }) ?? entry),
    );
    const report = leftOut.report();
    if (report !== undefined) this.#leftOut.add(report, { publish, log });
    if (leftOut.letters.length > 0) this.#letters.set(batchTime, leftOut.letters);
    return sifted;
  }

  override leftOutAt(batchTime: BatchTime): readonly DeadRecord[] {
    return this.#letters.get(batchTime) ?? [];
  }

  override clearMetadata(batchTime: BatchTime): ForgottenData {
    for (const time of this.#letters.keys()) if (time <= batchTime) this.#letters.delete(time);
    return super.clearMetadata(batchTime);
  }

  /** The entries of the queue are lost with the program that filled it. */
  protected override takeAgain(): Entries<T> {
    return [];
  }

  protected override build(entries: Entries<T>): RDD<T> {
    const { environment } = this.scope;
    const rdds = entries.map((entry) =>
      typeof entry === 'function'
        ? synchronous('queueStream', entry(environment))
        : environment.define(parallelize(entry, this.#options.partitions ?? environment.defaultParallelism)),
    );
    return rdds.length === 1 && rdds[0] !== undefined ? rdds[0] : environment.union(rdds);
  }

  /** Entries that are functions count as blocks without records: their result is not known yet. */
  protected override describe(entries: Entries<T>): InputDescription {
    const recordCount = entries.reduce(
      (sum, entry) => sum + (typeof entry === 'function' ? 0 : entry.length),
      0,
    );
    return { recordCount, sizeBytes: 0, blockCount: entries.length, metadata: {} };
  }

  protected override exportData(entries: Entries<T>): readonly (readonly T[])[] {
    return entries.map((entry) => {
      if (typeof entry !== 'function') return entry.toArray();
      throw dstreamError(
        'MR_GRAPH_INPUT_NOT_PORTABLE',
        `${this.name} has a function as an entry, which can be neither stored nor sent; push records instead`,
        { details: { stream: this.id } },
      );
    });
  }

  protected override importData(data: unknown): Entries<T> | undefined {
    // `exportData` returned these records, so they have the stream's type.
    return Array.isArray(data) && data.every((entry) => Array.isArray(entry))
      ? (data as T[][]).map(copied)
      : undefined;
  }
}

/** Text is refused although it is iterable by character: the program meant a record, not a list of records. */
function assertEntry(entry: unknown): void {
  if (typeof entry === 'function') return;
  if (typeof entry === 'object' && entry !== null && Symbol.iterator in entry) return;
  throw invalidArgument(
    'queueStream',
    'an entry of the queue',
    entry,
    'an array of records, or a function that makes an RDD',
  );
}

/** The program may go on using the array after the push; the batch keeps a copy. */
function copied<T>(entry: QueueEntry<T>): Entry<T> {
  return typeof entry === 'function' ? entry : new RecordChunks(entry);
}

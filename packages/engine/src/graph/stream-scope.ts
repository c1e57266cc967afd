// What a stream needs of the context it belongs to. The streaming context implements it; a test may do so in a few
// lines. Streams know nothing else of the engine around them.
import type {
  BatchTime,
  Clock,
  Codec,
  Logger,
  ReceivedBlockInfo,
  Storage,
  StreamId,
  StreamInputInfo,
} from '@millrace/core';
import type { PublishEvent } from '../listening/publish-event.ts';
import type { RddEnvironment } from '../rdd/rdd-environment.ts';
import type { DStreamGraph } from './dstream-graph.ts';

/** The context of a stream: one for every streaming context, and on every executor one of its own. */
export interface StreamScope {
  /** Where streams and outputs register themselves. */
  readonly graph: DStreamGraph;
  /** Where the RDDs of all streams live. */
  readonly environment: RddEnvironment;
  /**
   * Which copy of the program it is in, when executors have copies of their own. Default `shared`: everything is in one
   * memory.
   */
  readonly place?: 'shared' | 'driver' | 'executor';
  /** The application's name, the same from run to run: part of the identity of every batch. */
  readonly application: string;
  /** The time between batches, in milliseconds: how input streams slide. */
  readonly batchIntervalMs: number;
  readonly clock: Clock;
  /** A name that no other copy of the program gives, and this one gives once: letters, digits, `.`, `-`, `_` and `%`. */
  readonly nextName: () => string;
  readonly storage: Storage;
  /** Makes bytes of records that have to be kept. */
  readonly codec: Codec;
  readonly log: Logger;

  /**
   * Called when an operation is defined or changed; `what` names it, for instance `map`.
   *
   * @throws a coded error once the context was started or stopped.
   */
  assertCanDefine(what: string): void;

  /** Numbers the input streams, from 0 in the order in which the program makes them. */
  nextStreamId(): StreamId;

  /** Takes what an input stream brought into a batch; called once for each stream and batch, on the driver. */
  readonly inputInfo: { report(batchTime: BatchTime, info: StreamInputInfo): void };

  /** Takes the text of `print`. Default: standard output, and text that nobody reads is lost. */
  readonly print?: (text: string) => void;

  /** Tells listeners what a stream has to say; on the driver only. */
  readonly publish: PublishEvent;

  /**
   * The blocks allocated to a batch, in the order of allocation; empty for a batch or stream that has none. On the
   * driver it is the record of the tracker, on an executor what came with the task.
   */
  blocksOfBatch(batchTime: BatchTime, streamId: StreamId): readonly ReceivedBlockInfo[];
}

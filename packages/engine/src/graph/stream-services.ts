// The services of a context that streams use, without the graph: names, clock, storage, events, and the blocks of a batch.
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
import type { RecordErrorReaction } from '../record-errors/record-error-rule.ts';
import type { RddEnvironment } from '../rdd/rdd-environment.ts';

/** The services that streams use: one object for every streaming context, and one on every executor. */
export interface StreamServices {
  /** The environment of all RDDs. */
  readonly environment: RddEnvironment;
  /**
   * The copy of the program, when executors have copies of their own. Default `shared`: everything is in one memory.
   */
  readonly place?: 'shared' | 'driver' | 'executor';
  /** The application's name, the same from run to run: part of the identity of every batch. */
  readonly application: string;
  /** The time between batches, in milliseconds: the slide of input streams. */
  readonly batchIntervalMs: number;
  readonly clock: Clock;
  /**
   * A name that no other copy of the program returns, and this copy returns once: letters, digits, `.`, `-`, `_` and
   * `%`.
   */
  readonly nextName: () => string;
  readonly storage: Storage;
  /** Encodes records that have to be kept. */
  readonly codec: Codec;
  readonly log: Logger;

  /**
   * Called when an operation is defined or changed; `what` names the operation, for instance `map`.
   *
   * @throws a coded error once the context was started or stopped.
   */
  assertCanDefine(what: string): void;

  /** Numbers the input streams, from 0 in the order in which the program makes them. */
  nextStreamId(): StreamId;

  /** Takes the description of a stream's input in a batch; called once for each stream and batch, on the driver. */
  readonly inputInfo: { report(batchTime: BatchTime, info: StreamInputInfo): void };

  /** The reaction of streams that choose none to records for which a function fails. Default `fail-batch`. */
  readonly onRecordError?: RecordErrorReaction;
  /** True when the context has a sink for dead letters. Default false. */
  readonly hasDeadLetters?: boolean;

  /** Writes the text of `print`. Default: standard output; text without a reader is lost. */
  readonly print?: (text: string) => void;

  /** Publishes events of streams to listeners; on the driver only. */
  readonly publish: PublishEvent;

  /**
   * The blocks allocated to a batch, in the order of allocation; empty for a batch or stream without blocks. On the
   * driver the source is the tracker's record, on an executor the task message.
   */
  blocksOfBatch(batchTime: BatchTime, streamId: StreamId): readonly ReceivedBlockInfo[];
}

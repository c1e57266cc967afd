// The engine's interface for a running receiver. A context belongs to one start of one receiver object: afterwards,
// storing throws, and requests have no effect.
import {
  type AckToken,
  type Block,
  type Clock,
  type Codec,
  type ExecutorId,
  type Logger,
  messageOf,
  type RandomSource,
  type ReceiverAttemptId,
  type ReceiverContext,
  type Storage,
  type StreamId,
} from '@millrace/core';
import { coreError } from '@millrace/core';
import type { BlockGenerator } from './block-generator.ts';
import { sizeOfRecords, knownBytes } from './record-size.ts';
import { ignoreRejection } from './store-waiters.ts';

/** A receiver's request to end: for a restart, or for good. */
export interface EndWish {
  readonly kind: 'restart' | 'final';
  readonly message: string;
  readonly error?: unknown;
  /** From the end to the new start, in milliseconds; absent: the engine's delay. */
  readonly delayMs?: number | undefined;
}

/** The collaborators of a `RunningReceiverContext`. */
export interface RunningReceiverContextDeps {
  readonly streamId: StreamId;
  readonly attemptId: ReceiverAttemptId;
  readonly executorId: ExecutorId;
  readonly host: string;
  readonly signal: AbortSignal;
  /** Absent: a replayable source starts at its beginning. */
  readonly resumeFrom?: unknown;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly storage: Storage;
  readonly log: Logger;
  readonly codec: Codec;
  readonly generator: BlockGenerator;
  readonly heldBatches?: () => number;
  readonly onEndWish: (wish: EndWish) => void;
  readonly onError: (message: string, error: unknown) => void;
}

/** The engine from the view of a receiver. */
export class RunningReceiverContext implements ReceiverContext<unknown> {
  readonly streamId: StreamId;
  readonly attemptId: ReceiverAttemptId;
  readonly executorId: ExecutorId;
  readonly host: string;
  readonly signal: AbortSignal;
  readonly resumeFrom: unknown;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly storage: Storage;
  readonly log: Logger;
  readonly #generator: BlockGenerator;
  readonly #deps: RunningReceiverContextDeps;

  constructor(deps: RunningReceiverContextDeps) {
    this.streamId = deps.streamId;
    this.attemptId = deps.attemptId;
    this.executorId = deps.executorId;
    this.host = deps.host;
    this.signal = deps.signal;
    this.resumeFrom = deps.resumeFrom;
    this.clock = deps.clock;
    this.random = deps.random;
    this.storage = deps.storage;
    this.log = deps.log;
    this.#generator = deps.generator;
    this.#deps = deps;
  }

  get heldBatches(): number {
    return this.#deps.heldBatches?.() ?? 0;
  }

  store(record: unknown, ack?: AckToken, sizeBytes?: number): boolean {
    return this.#generator.store(record, ack, sizeBytes);
  }

  storeText(lines: Uint8Array, lineCount: number, ack?: AckToken): boolean {
    return this.#generator.storeText(lines, lineCount, ack);
  }

  ready(): Promise<void> {
    return this.#generator.ready();
  }

  /** The records are copied into the block: the caller may go on using its array. */
  storeBlock(records: readonly unknown[], metadata?: unknown, givenBytes?: number): Promise<void> {
    const recordCount = records.length;
    // An empty block is stored at once; pushing it would only cost a task.
    if (recordCount === 0) return Promise.resolve();
    const chunks = [{ records: records.slice(), length: recordCount }];
    const sizeBytes = Math.max(sizeOfRecords(records), knownBytes(givenBytes));
    const block: Block = { kind: 'records', chunks, recordCount, sizeBytes };
    return this.#generator.storeBlock(block, metadata);
  }

  /**
   * The bytes are copied into the block, like the records of `storeBlock`. They are decoded once before: bytes that do
   * not hold the claimed records would fail every batch that reads the block, also after a restart.
   */
  storeBytes(bytes: Uint8Array, recordCount: number, metadata?: unknown): Promise<void> {
    if (!Number.isSafeInteger(recordCount) || recordCount < 0) {
      const error = new TypeError(`storeBytes needs the number of records, got ${String(recordCount)}`);
      return ignoreRejection(Promise.reject(error));
    }
    if (recordCount === 0) return Promise.resolve();
    const refusal = this.#refusalOf(bytes, recordCount);
    if (refusal !== undefined) {
      this.#deps.onError(messageOf(refusal), refusal);
      return ignoreRejection(Promise.reject(refusal));
    }
    const block: Block = { kind: 'encoded', bytes: bytes.slice(), recordCount, sizeBytes: bytes.byteLength };
    return this.#generator.storeBlock(block, metadata);
  }

  #refusalOf(bytes: Uint8Array, recordCount: number): Error | undefined {
    const { codec, streamId } = this.#deps;
    try {
      const found = codec.decodeRecords(bytes).length;
      if (found === recordCount) return undefined;
      const message = `expected bytes with ${recordCount} records for stream ${streamId}, got ${found} records`;
      return coreError('MR_CODEC_MALFORMED', message, { details: { streamId, recordCount, found } });
    } catch (cause) {
      const message = `expected bytes that codec ${codec.name} has made for stream ${streamId}: ${messageOf(cause)}`;
      return coreError('MR_CODEC_MALFORMED', message, { details: { streamId, recordCount }, cause });
    }
  }

  reportError(message: string, error?: unknown): void {
    this.#deps.onError(messageOf(message), error);
  }

  restart(message: string, error?: unknown, delayMs?: number): void {
    this.#deps.onEndWish({ kind: 'restart', message: messageOf(message), error, delayMs });
  }

  stop(message: string, error?: unknown): void {
    this.#deps.onEndWish({ kind: 'final', message: messageOf(message), error });
  }
}

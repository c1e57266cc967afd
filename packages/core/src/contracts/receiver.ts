// Receivers: the port for authors of input connectors. Call sequence:
//
//   engine                                  receiver
//   create()                        ──►     a new object, once per start
//   start(context)                  ──►     connects, begins to read; resolves when connected
//                                   ◄──     context.store(record, ack?) … as data arrives
//   acknowledge(tokens)             ──►     in the order of store, after durability and registration (REC-1, REC-2)
//                                   ◄──     context.restart(…) when the source is lost, context.stop(…) at its end
//   stop(reason)                    ──►     stops reading, releases every resource
//
// A restart is a stop, a delay, and the start of a new object made by create(): a receiver never has to revive itself.
import type { SourceRange } from './block.ts';
import type { Clock } from './clock.ts';
import type { ExecutorId, ReceiverAttemptId, StreamId } from './identifiers.ts';
import type { Logger } from './logger.ts';
import type { OptionsArgument, OptionsSchema } from './options-schema.ts';
import { portToken } from './port-token.ts';
import type { RandomSource } from './random-source.ts';
import type { Storage } from './storage.ts';

/**
 * The value with which a receiver acknowledges a record: an offset, a message, a callback. A token stays on the
 * executor that stored the record. For a `replayable` receiver the token is the position of the record in the source:
 * plain data that the engine's codec accepts. The position of the last record of each block is registered with the
 * block. Of a receiver with `ack: 'none'` the engine keeps the last token of each block, and drops the others at once.
 */
export type AckToken = unknown;

/** The reason for stopping a receiver. */
export interface StopReason {
  /**
   * `stopped`: by the driver, for good. `final`: by the receiver, for good. `restart`: a new object will be created,
   * also after a throw of `start`. `failed`: storing failed after all attempts; the driver decides about the next step.
   */
  readonly kind: 'stopped' | 'final' | 'restart' | 'failed';
  readonly message: string;
  readonly error?: unknown;
}

/**
 * Reads a source. The executor that hosts the receiver creates a new one with `create` for every start. Calls come from
 * one thread, one at a time; `stop` may also be called while `start` is pending.
 */
export interface Receiver<T> {
  /**
   * Begins to read, and resolves once the receiver can receive: a server listens, a connection stands, a source is open.
   * The receiver has started from then on. Reading continues in the background until `context.signal` is aborted, which
   * also settles a pending `start`. A throw or rejection counts as `context.restart('… failed to start', error)`.
   */
  start(context: ReceiverContext<T>): void | Promise<void>;

  /**
   * Stops reading and releases every resource. Called exactly once per start, after `context.signal` was aborted, also
   * when `start` failed. Stored records stay stored; further records are refused. Acknowledgements of stored records
   * may still follow, until `closed` is called.
   */
  stop(reason: StopReason): void | Promise<void>;

  /**
   * Confirms that these records are durable and registered, in the order of `store`, without gaps (REC-2). A rejection
   * is reported as an error of the receiver and restarts the receiver: the source will send the records again.
   */
  acknowledge?(tokens: readonly AckToken[]): void | Promise<void>;

  /** Called last, after every acknowledgement: releases the resources that acknowledging needs. */
  closed?(): void | Promise<void>;

  /**
   * The amounts of the source, for observers. Called at most once a second while the receiver runs, and only when an
   * observer reads. Answers at once from numbers that the receiver has in any case. A throw counts as no answer.
   */
  gauges?(): ReceiverGauges;
}

/** Amounts of a source, for observers. A field is absent when the source does not tell the amount. */
export interface ReceiverGauges {
  /** Records in the source that the receiver has not stored yet. */
  readonly lagRecords?: number;
  /** Records that the source delivered again since the receiver started. */
  readonly redeliveredRecords?: number;
  /** Records that the source or the receiver dropped since the receiver started. */
  readonly droppedRecords?: number;
}

/** The engine's services for a running receiver. Every method may be called from any callback of the receiver. */
export interface ReceiverContext<T> {
  readonly streamId: StreamId;
  readonly attemptId: ReceiverAttemptId;
  readonly executorId: ExecutorId;
  /** The host of the executor. */
  readonly host: string;
  /** Aborted when the receiver has to stop. */
  readonly signal: AbortSignal;
  /**
   * For a `replayable` receiver: the position of the last registered record, stored by any start under any driver.
   * Reading continues directly after this position, without a lost or repeated record. Absent: read from the beginning.
   */
  readonly resumeFrom?: unknown;
  /**
   * The number of batches that the engine holds after a failure (`onBatchFailure: 'hold'`), as last told by the driver.
   * Records are still stored, and wait for a person who has the batch run again. Absent: unknown.
   */
  readonly heldBatches?: number;
  /** The only clock for a receiver. */
  readonly clock: Clock;
  /** The only random source for a receiver. */
  readonly random: RandomSource;
  /** The only files for a receiver. */
  readonly storage: Storage;
  readonly log: Logger;

  /**
   * Stores one record. The record is accepted in any case; the answer concerns the next one. False: a bound is reached
   * (rate, queue, memory), and the receiver must await `ready()` before it continues. Node's `write` and `drain` work
   * the same way.
   *
   * This is the hot path of the engine: a synchronous append that reads no clock.
   *
   * `sizeBytes`: the number of bytes in which the record arrived from outside. The record then counts for at least that
   * many bytes towards all bounds in bytes. A receiver that cuts records out of bytes passes the number, because the
   * engine estimates the size of most records from a sample. A value that is not a finite number above 0 is ignored.
   *
   * @throws `MR_RECEIVER_OVERRUN` when the caller keeps storing long after false: the hard bound of BLK-2. The record
   *   is then not stored. `MR_RECEIVER_NOT_RUNNING` before `start` and after the signal was aborted.
   */
  store(record: T, ack?: AckToken, sizeBytes?: number): boolean;

  /**
   * Stores whole lines as received bytes: `lines` holds `lineCount` lines, each ended by `\n`. The bytes are stored
   * without a copy: the caller must not write to the buffer again. One `ack` stands for all lines. The answer and the
   * errors are those of `store`. The lines in the bytes are the records, for any value of `lineCount`: a wrong number
   * changes counts, rates and bounds, and loses or doubles no record.
   *
   * @throws TypeError when the last line has no `\n`, and for a number that the bytes cannot hold.
   */
  storeText(lines: Uint8Array, lineCount: number, ack?: AckToken): boolean;

  /** Resolves when the receiver may store again. Rejects with the signal's reason when the receiver is stopped. */
  ready(): Promise<void>;

  /**
   * Stores records as one separate block. Resolves when the block is durable and registered, so the caller may then
   * acknowledge the records itself. The call waits for the same limits as `store`. Records of a later call come after
   * the block, awaited or not (BLK-1). A stop stores a waiting block.
   *
   * `sizeBytes`: the number of bytes in which all the records arrived; see `store`.
   *
   * @throws when the block could not be stored after all attempts; the receiver is then restarted.
   */
  storeBlock(records: readonly T[], metadata?: unknown, sizeBytes?: number): Promise<void>;

  /**
   * Like `storeBlock`, for records already encoded by the engine's codec.
   *
   * @throws (as a rejection) `MR_CODEC_MALFORMED` when the bytes are not that many records of the codec; also reported.
   */
  storeBytes(bytes: Uint8Array, recordCount: number, metadata?: unknown): Promise<void>;

  /** Reports a problem that the receiver survived to the driver. Never stops anything. */
  reportError(message: string, error?: unknown): void;

  /**
   * Requests a stop and a new start. Returns at once. The delay is 2 s by default and doubles, with jitter, up to a
   * bound while restarts follow each other; `delayMs` replaces the first delay.
   */
  restart(message: string, error?: unknown, delayMs?: number): void;

  /** Ends this receiver for good: end of input, or an error that no restart can fix. Returns at once. */
  stop(message: string, error?: unknown): void;
}

/** The executor's ports for reading a range again. The signal is aborted when the result is no longer needed. */
export type RangeContext = Pick<ReceiverContext<never>, 'streamId' | 'signal' | 'clock' | 'storage' | 'log'>;

/**
 * Some records of a range: as values, or as whole lines, each ended by `\n`. The bytes must not be written to again.
 */
export type SourcePiece<T> =
  | { readonly kind: 'records'; readonly records: readonly T[] }
  | { readonly kind: 'lines'; readonly bytes: Uint8Array; readonly lineCount: number };

/**
 * The capabilities of a kind of receiver. The engine adapts to the capabilities; the conformance kit tests each claim.
 */
export interface ReceiverCapabilities {
  /**
   * `none`: the source expects no acknowledgement. `individual`: each record by its own token. `cumulative`: the last
   * token stands for all earlier ones. A source waits with `individual`, and with `cumulative` and a `maxInFlight`: a
   * record with a token is then stored at once, not at the end of a block interval (REC-5).
   */
  readonly ack: 'none' | 'individual' | 'cumulative';
  /**
   * The source can be read again from behind any record. The receiver passes the position of a record as the `ack` of
   * every `store` (for `storeBlock` and `storeBytes` as `metadata: { position }`), in any `ack` mode, stores in the
   * order of the source, and begins behind `context.resumeFrom`. With `readRange`, the log stores the ranges of blocks
   * in place of the blocks.
   */
  readonly replayable: boolean;
  /** `per-stream`: records are stored in the order of the source. `none`: no guarantee. */
  readonly ordering: 'per-stream' | 'none';
  /**
   * The source can wait. Without this capability the receiver buffers the records that arrive while `store` answers
   * false.
   */
  readonly pause: boolean;
  /** The source has an end. */
  readonly bounded: boolean;
  /** `text`: the receiver stores lines with `storeText`; the stream's records are strings. `records`: with `store`. */
  readonly format: 'records' | 'text';
  /**
   * True: any codec accepts every record of this receiver, because the receiver has checked the record or built the
   * record from numbers and whole text. The engine then skips its own check. Default false: a record that the codec
   * does not accept is left out, see `records:left-out`.
   */
  readonly plainRecords?: boolean;
  /** The resources outside the engine's ports. A receiver that touches nothing runs in the simulation. */
  readonly touches: readonly ('network' | 'files' | 'process')[];
  /** The largest number of unacknowledged records that the receiver holds; absent: the receiver holds none. */
  readonly maxInFlight?: number;
}

/** The argument of `defineReceiver`. */
export interface ReceiverDefinition<T, Input, Options> {
  /** Kebab case, after the external system, for instance `'socket-text'`. */
  readonly name: string;
  /** The contract version that the receiver implements. */
  readonly contract: number;
  readonly capabilities: ReceiverCapabilities;
  /** Describes the options; `create` gets the output of the schema, frozen. */
  readonly options: OptionsSchema<Input, Options>;
  /** Names of options with secret values, at any depth: never printed in messages. */
  readonly secrets?: readonly string[];
  /** The host on which the receiver prefers to run, if the options name one. */
  readonly preferredHost?: (options: Options) => string | undefined;
  /** A name of the stream for people, for instance `socket localhost:9999`. Contains no secrets. */
  readonly describe?: (options: Options) => string;
  /** Makes a receiver for one start. Does no I/O. */
  readonly create: (options: Options) => Receiver<T>;
  /**
   * For a `replayable` receiver: reads the records of a range again, the same records in the same order as stored
   * (BAT-4). Called on any executor, beside a running receiver, several times at once and also for ranges that were
   * read before. Without this function the blocks of the receiver are stored like any others.
   *
   * @throws (during iteration) an error with a code when the source no longer has the range, or has a changed range:
   *   the block is then lost and the batch fails. After an error of disposition `retry` or `back-off` the task is tried
   *   again.
   */
  readonly readRange?: (
    options: Options,
    range: SourceRange,
    context: RangeContext,
  ) => AsyncIterable<SourcePiece<T>>;
}

/** A receiver with options: the argument of `receiverStream`. */
export interface ConfiguredReceiver<T> {
  readonly name: string;
  readonly contract: number;
  readonly capabilities: ReceiverCapabilities;
  readonly description: string;
  readonly preferredHost: string | undefined;
  create(): Receiver<T>;
  /** See `ReceiverDefinition.readRange`. */
  readonly readRange?: (range: SourceRange, context: RangeContext) => AsyncIterable<SourcePiece<T>>;
}

/**
 * Makes configured receivers of one kind. The call validates the options at once. The argument may be absent when every
 * option may be left out.
 *
 * @throws `MR_CONFIG_INVALID_OPTION` with path, value and expected value.
 */
export interface ReceiverFactory<T, Input> {
  (...args: OptionsArgument<Input>): ConfiguredReceiver<T>;
  /** The kind of receiver, for instance `'socket-text'`. */
  readonly receiverName: string;
  readonly capabilities: ReceiverCapabilities;
}

/**
 * The token under which plugins offer receivers by name; any number may be bound. Through this token `socketTextStream`
 * finds a receiver although the engine imports no plugin.
 */
export const ReceiverFactory = portToken<ReceiverFactory<unknown, never>>('ReceiverFactory');

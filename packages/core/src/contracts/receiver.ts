// Receivers: what an author of an input connector writes, and what the engine gives them. The conversation:
//
//   engine                                  receiver
//   create()                        ──►     a fresh object, once per start
//   start(context)                  ──►     connects, begins to read, returns promptly
//                                   ◄──     context.store(record, ack?) … as data arrives
//   acknowledge(tokens)             ──►     in the order of store, after durability and registration (REC-1, REC-2)
//                                   ◄──     context.restart(…) when the source is lost, context.stop(…) at its end
//   stop(reason)                    ──►     stops reading, gives everything back
//
// A restart is stop, a delay, and start of a new object made by create(): a receiver never has to revive itself.
import type { SourceRange } from './block.ts';
import type { Clock } from './clock.ts';
import type { ExecutorId, ReceiverAttemptId, StreamId } from './identifiers.ts';
import type { Logger } from './logger.ts';
import type { OptionsArgument, OptionsSchema } from './options-schema.ts';
import { portToken } from './port-token.ts';
import type { RandomSource } from './random-source.ts';
import type { Storage } from './storage.ts';

/**
 * Whatever a receiver needs to acknowledge a record: an offset, a message, a callback. It never leaves its executor,
 * unless the receiver is `replayable`: then it is the record's position in the source, plain data that the engine's
 * codec takes, and that of the last record of each block is registered with the block.
 */
export type AckToken = unknown;

/** Why a receiver is stopped. */
export interface StopReason {
  /**
   * `stopped`: by the driver, for good. `final`: by itself, for good. `restart`: it will be made anew, also when
   * `start` threw. `failed`: storing failed after all attempts; the driver decides what is next.
   */
  readonly kind: 'stopped' | 'final' | 'restart' | 'failed';
  readonly message: string;
  readonly error?: unknown;
}

/**
 * Reads a source. Made anew by `create` for every start, on the executor that hosts it; called from one thread, one
 * call at a time, `stop` also while `start` is still pending.
 */
export interface Receiver<T> {
  /**
   * Begins to read and returns promptly; reading goes on in the background until `context.signal` is aborted. A
   * throw or rejection counts as `context.restart('… failed to start', error)`.
   */
  start(context: ReceiverContext<T>): void | Promise<void>;

  /**
   * Stops reading and gives everything back. Called exactly once per start, also when `start` failed, after
   * `context.signal` was aborted. What has been stored stays stored; nothing can be stored any more. Acknowledgements
   * of what was stored may still follow, until `closed` is called.
   */
  stop(reason: StopReason): void | Promise<void>;

  /**
   * Tells that these records are durable and registered, in the order of `store`, without gaps (REC-2). A rejection
   * is reported as the receiver's error and restarts it: the source will send the records again.
   */
  acknowledge?(tokens: readonly AckToken[]): void | Promise<void>;

  /** Called last, when no acknowledgement will follow: give back what acknowledging needs. */
  closed?(): void | Promise<void>;
}

/** What a running receiver gets from the engine. Every method may be called from any callback of the receiver. */
export interface ReceiverContext<T> {
  readonly streamId: StreamId;
  readonly attemptId: ReceiverAttemptId;
  readonly executorId: ExecutorId;
  /** The host of the executor. */
  readonly host: string;
  /** Aborted when the receiver has to stop. */
  readonly signal: AbortSignal;
  /**
   * Of a `replayable` receiver: the position of the last record that is registered, whichever start or driver stored
   * it. Reading goes on right behind it, so that nothing is lost and nothing comes twice. Absent: from the beginning.
   */
  readonly resumeFrom?: unknown;
  /** The only time a receiver may use. */
  readonly clock: Clock;
  /** The only chance a receiver may use. */
  readonly random: RandomSource;
  /** The only files a receiver may use. */
  readonly storage: Storage;
  readonly log: Logger;

  /**
   * Stores one record. It is taken in any case; the answer is about the next one: false means a bound is reached
   * (rate, queue, memory), await `ready()` before going on. That is Node's habit of `write` and `drain`.
   *
   * The hot path of the engine: a synchronous append that reads no clock.
   *
   * `sizeBytes`: the bytes in which the record came from outside. The record then counts for at least as many towards
   * all bounds in bytes. A receiver that cuts records out of bytes gives the number, because the engine estimates the
   * size of most records from a sample. A value that is no finite number above 0 is ignored.
   *
   * @throws `MR_RECEIVER_OVERRUN` when the caller goes on long after false: the hard bound of BLK-2. The record is
   * then not stored. `MR_RECEIVER_NOT_RUNNING` before `start` and after the signal was aborted.
   */
  store(record: T, ack?: AckToken, sizeBytes?: number): boolean;

  /**
   * Stores whole lines as the bytes they came in: `lines` holds `lineCount` lines, each ended by `\n`. The bytes are
   * kept, not copied: the caller must not write to them again. One `ack` stands for all of them. Answers and throws
   * like `store`. The records are the lines of the bytes, whatever `lineCount` says: a wrong number changes what is counted
   * and what rates and bounds see, and loses or doubles no record.
   *
   * @throws TypeError when the last line has no `\n`, and for a number that the bytes cannot hold.
   */
  storeText(lines: Uint8Array, lineCount: number, ack?: AckToken): boolean;

  /** Resolves when storing is welcome again. Rejects with the signal's reason when the receiver is stopped. */
  ready(): Promise<void>;

  /**
   * Stores records as one block of their own. Resolves when it is durable and registered, so the caller may
   * acknowledge by itself. Subject to the same limits as `store`: it waits for them. What is stored by a later call comes
   * after the block, awaited or not (BLK-1). A stop stores a block that waits.
   *
   * `sizeBytes`: the bytes in which the records came, all together; see `store`.
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

  /** Tells the driver of a problem that the receiver survived. Never stops anything. */
  reportError(message: string, error?: unknown): void;

  /**
   * Asks to be stopped and started anew. Returns at once. The delay is 2 s by default and doubles, with jitter, up
   * to a bound while restarts follow each other; `delayMs` replaces the first delay.
   */
  restart(message: string, error?: unknown, delayMs?: number): void;

  /** Ends this receiver for good: end of input, or an error that no restart can heal. Returns at once. */
  stop(message: string, error?: unknown): void;
}

/** What reading a range again may use: the executor's own ports. The signal is aborted when nobody wants it any more. */
export type RangeContext = Pick<ReceiverContext<never>, 'streamId' | 'signal' | 'clock' | 'storage' | 'log'>;

/** Some of the records of a range: as values, or as whole lines, each ended by `\n`, that nobody writes to again. */
export type SourcePiece<T> =
  | { readonly kind: 'records'; readonly records: readonly T[] }
  | { readonly kind: 'lines'; readonly bytes: Uint8Array; readonly lineCount: number };

/** What a kind of receiver can do. The engine adapts to it, the conformance kit tests what is claimed. */
export interface ReceiverCapabilities {
  /**
   * `none`: the source wants no acknowledgement. `individual`: each record by its token. `cumulative`: the last
   * token stands for all before it.
   */
  readonly ack: 'none' | 'individual' | 'cumulative';
  /**
   * The source can be read again behind any record. The receiver gives the position of a record as the `ack` of every
   * `store` (for `storeBlock` and `storeBytes` as `metadata: { position }`), in whatever `ack` mode, stores in the order
   * of the source, and begins behind `context.resumeFrom`. With `readRange` its blocks need no log: their ranges are
   * logged instead.
   */
  readonly replayable: boolean;
  /** `per-stream`: records are stored in the order of the source. `none`: no promise. */
  readonly ordering: 'per-stream' | 'none';
  /** The source can be made to wait; without it, what comes while `store` answers false is the receiver's to keep. */
  readonly pause: boolean;
  /** The source ends by itself. */
  readonly bounded: boolean;
  /** `text`: stores lines by `storeText`, the stream's records are strings. `records`: by `store`. */
  readonly format: 'records' | 'text';
  /**
   * True: every record that it stores is data that any codec takes, because the receiver has looked at the record or made
   * it of numbers and whole text. The engine then does not look again. Default false: a record that the codec does not
   * take is left out, see `records:left-out`.
   */
  readonly plainRecords?: boolean;
  /** What it touches outside of the engine's ports. A receiver that touches nothing runs in the simulation. */
  readonly touches: readonly ('network' | 'files' | 'process')[];
  /** How many unacknowledged records it keeps at most; absent when it keeps none. */
  readonly maxInFlight?: number;
}

/** What `defineReceiver` takes. */
export interface ReceiverDefinition<T, Input, Options> {
  /** Kebab case, after the system it speaks to, for instance `'socket-text'`. */
  readonly name: string;
  /** The contract version it was written for. */
  readonly contract: number;
  readonly capabilities: ReceiverCapabilities;
  /** Describes the options; its output is what `create` gets, frozen. */
  readonly options: OptionsSchema<Input, Options>;
  /** Names of options whose values are secret, at any depth: never printed in messages. */
  readonly secrets?: readonly string[];
  /** Names the host it would like to run on, if the options tell. */
  readonly preferredHost?: (options: Options) => string | undefined;
  /** Names the stream for people, for instance `socket localhost:9999`. No secrets. */
  readonly describe?: (options: Options) => string;
  /** Makes a receiver for one start. Does no I/O. */
  readonly create: (options: Options) => Receiver<T>;
  /**
   * Of a `replayable` receiver: gives the records of a range again, the same ones in the same order as they were stored
   * (BAT-4). Called on any executor, beside a receiver that runs, several times at once and also for ranges that were
   * given before. Without it the blocks of the receiver are stored like any others.
   *
   * @throws (while it is iterated) an error with a code when the source does not have the range any more, or not as it
   * was: the block is then lost and its batch fails. One of disposition `retry` or `back-off` has the task tried again.
   */
  readonly readRange?: (
    options: Options,
    range: SourceRange,
    context: RangeContext,
  ) => AsyncIterable<SourcePiece<T>>;
}

/** A receiver with its options: what `receiverStream` takes. */
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
 * Makes configured receivers of one kind. Calling it validates the options at once; without an argument where every
 * option may be left out.
 *
 * @throws `MR_CONFIG_INVALID_OPTION` with path, value and what is expected.
 */
export interface ReceiverFactory<T, Input> {
  (...args: OptionsArgument<Input>): ConfiguredReceiver<T>;
  /** The kind of receiver, for instance `'socket-text'`. */
  readonly receiverName: string;
  readonly capabilities: ReceiverCapabilities;
}

/**
 * The token under which plugins offer receivers by name; any number may be bound. It is how `socketTextStream` finds
 * a receiver although the engine imports no plugin.
 */
export const ReceiverFactory = portToken<ReceiverFactory<unknown, never>>('ReceiverFactory');

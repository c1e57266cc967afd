// One life of one receiver object: made, started, at some point asked to end, then flushed and closed. Each requester
// (the receiver, the driver, a failure) only leaves a request; the supervisor sees the request and calls `end`, whose
// order loses no records (REC-4):
//
//   stop adding ─► cut the last block ─► push everything ─► acknowledge ─► closed
//        └─► abort the signal ─► receiver.stop (meanwhile)
import type {
  Clock,
  Codec,
  ConfiguredReceiver,
  Logger,
  RandomSource,
  ReceivedBlockHandler,
  Receiver,
  ReceiverAttemptId,
  ReceiverCapabilities,
  Storage,
  StopReason,
  StreamId,
} from '@millrace/core';
import { coreError } from '@millrace/core';
import { type ExecutorIdentity, serializeError } from '@millrace/core/engine';
import type { ReceiverReading } from '@millrace/core/observation';
import type { Holdings } from '../holdings.ts';
import { Acknowledger } from './acknowledger.ts';
import { BlockDelivery } from './block-delivery.ts';
import { BlockGenerator } from './block-generator.ts';
import type { BlockIds } from './block-ids.ts';
import type { DriverLink } from './driver-link.ts';
import type { RateLimiter } from './rate-limiter.ts';
import { ReceiverCalls } from './receiver-calls.ts';
import { receivingError } from './receiving-errors.ts';
import type { ReceivingOptions } from './receiving-options.ts';
import { RunningReceiverContext } from './running-receiver-context.ts';

/** The reason to end a life, and for a restart the delay before the next one. */
export interface EndRequest extends StopReason {
  readonly delayMs?: number | undefined;
}

/** The end of a life. */
export interface RunEnd {
  readonly request: EndRequest;
  /** From the start of the receiver to the request of its end, in milliseconds; 0 when `start` never resolved. */
  readonly ranMs: number;
  /** Stored records that are not known to be durable and registered. */
  readonly recordsLeft: number;
}

/** The collaborators of a `ReceiverRun`: all of them outlive the run. */
export interface ReceiverRunDeps {
  readonly streamId: StreamId;
  readonly attemptId: ReceiverAttemptId;
  readonly identity: ExecutorIdentity;
  readonly receiver: ConfiguredReceiver<unknown>;
  readonly handler: ReceivedBlockHandler;
  readonly codec: Codec;
  readonly link: DriverLink;
  readonly limiter: RateLimiter;
  readonly blockIds: BlockIds;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly storage: Storage;
  readonly log: Logger;
  readonly options: ReceivingOptions;
  /** The number of batches that the driver holds, as last told; absent: unknown. */
  readonly heldBatches?: () => number;
  /** True when records that no block can hold become dead letters. Default false. */
  readonly keepsLetters?: boolean;
}

/** The answer to the registration of a run, as far as the run depends on the answer. */
export interface RunStart {
  /** The position after which a replayable source continues; undefined for its beginning. */
  readonly resumeFrom: unknown;
  /** True when the handler reads the driver's log. */
  readonly readsDriverLog: boolean;
}

/** The precedence of requests: the rightmost one counts. */
const KINDS: readonly StopReason['kind'][] = ['restart', 'final', 'failed', 'stopped'];

/**
 * A source waits for single acknowledgements, and for cumulative ones if a bound on unacknowledged records stops the source.
 * Without a bound a cumulative acknowledgement is a bookmark, and the source goes on.
 */
function waitsForAcknowledgements({ ack, maxInFlight }: ReceiverCapabilities): boolean {
  return ack === 'individual' || (ack === 'cumulative' && maxInFlight !== undefined);
}

/** Runs one receiver object. */
export class ReceiverRun {
  readonly #deps: ReceiverRunDeps;
  readonly #generator: BlockGenerator;
  /** The receiver's signal. */
  readonly #stopping = new AbortController();
  /** Aborted when the end waits for nothing any more. */
  readonly #givenUp = new AbortController();
  readonly #asked = Promise.withResolvers<void>();
  readonly #onStarted: () => void;
  readonly #start: RunStart;
  #calls: ReceiverCalls | undefined;
  #acknowledger: Acknowledger | undefined;
  #delivery: BlockDelivery | undefined;
  #request: EndRequest | undefined;
  /** Monotonic times; undefined: not yet. */
  #startedMs: number | undefined;
  #askedMs: number | undefined;

  /** `onStarted` is called when `start` of the receiver has resolved and no end was requested before. */
  constructor(deps: ReceiverRunDeps, start: RunStart, onStarted: () => void) {
    const { clock, random, log, options, limiter, blockIds } = deps;
    this.#deps = deps;
    this.#start = start;
    this.#onStarted = onStarted;
    this.#generator = new BlockGenerator({
      clock,
      random,
      log,
      options,
      limiter,
      sourceWaits: waitsForAcknowledgements(deps.receiver.capabilities),
      keepsLastTokenOnly: deps.receiver.capabilities.ack === 'none',
      nextBlockId: () => blockIds.next(),
      onPushBlock: async (cut, signal) => this.#delivery?.deliver(cut, signal),
      onFailed: (error) => this.ask({ kind: 'failed', message: 'a block could not be stored', error }),
      onOverrun: (error) =>
        this.#reportError(
          'the receiver keeps storing after store answered false, and its records are refused',
          error,
        ),
    });
  }

  /** Resolves when the end was requested. */
  get asked(): Promise<void> {
    return this.#asked.promise;
  }

  /** The amounts of the run, see `Holdings`. Records that an end left behind are not included. */
  get holdings(): Holdings {
    const { held, waiting } = this.#generator;
    return {
      underWay: {
        'receiving.heldRecords': held.records + waiting.records,
        'receiving.heldBytes': held.bytes + waiting.bytes,
        'receiving.heldBlocks': held.blocks + waiting.blocks,
        'receiving.unacknowledgedBlocks': this.#acknowledger?.waitingCount ?? 0,
        'receiving.reports': this.#deps.link.reportsUnderWay,
      },
      kept: {},
    };
  }

  /** The amounts of the run for observers. The receiver's own amounts are absent before its start and during its end. */
  get reading(): ReceiverReading {
    const { held, waiting, uncounted, tokens } = this.#generator;
    const calls = this.#calls;
    const isRunning = this.#startedMs !== undefined && this.#request === undefined;
    return {
      streamId: this.#deps.streamId,
      waitingRecords: held.records + waiting.records + uncounted,
      waitingBlocks: held.blocks + waiting.blocks,
      waitingBytes: held.bytes + waiting.bytes,
      unacknowledgedRecords:
        calls?.acknowledges === true ? tokens + (this.#acknowledger?.waitingTokens ?? 0) : 0,
      ...(isRunning ? calls?.gauges() : {}),
    };
  }

  /** Makes the receiver and starts it. Never throws: every failure requests a restart. */
  begin(): void {
    this.#generator.start();
    let receiver: Receiver<unknown>;
    try {
      receiver = this.#deps.receiver.create();
    } catch (error) {
      this.ask({
        kind: 'restart',
        message: `receiver ${this.#deps.receiver.name} could not be made`,
        error,
      });
      return;
    }
    const calls = this.#prepare(receiver);
    calls.start(this.#context()).then(
      () => this.#started(),
      (error: unknown) =>
        this.ask({ kind: 'restart', message: `receiver ${this.#deps.receiver.name} failed to start`, error }),
    );
  }

  /** Requests the end. Of several requests the strongest counts, and of equal requests the first. */
  ask(request: EndRequest): void {
    const isStronger =
      this.#request === undefined || KINDS.indexOf(request.kind) > KINDS.indexOf(this.#request.kind);
    if (isStronger) this.#request = request;
    this.#askedMs ??= this.#deps.clock.monotonicMs();
    this.#asked.resolve();
  }

  /** Ends the run after a request. Never rejects. */
  async end(): Promise<RunEnd> {
    const { kind, message, error } = this.#lastRequest();
    const reason = coreError('MR_RECEIVER_NOT_RUNNING', `the receiver is stopped: ${message}`, {
      cause: error,
    });
    // Before the signal: a listener of the signal must not be able to store.
    const generatorStopped = this.#generator.stop(reason);
    this.#stopping.abort(reason);
    // Never rejects; `closed` below comes after it in the order of calls.
    void this.#calls?.stop({ kind, message, ...(error === undefined ? {} : { error }) });
    const { recordsLeft } = await generatorStopped;
    // Rejects when it is given up. The source sends unacknowledged records again.
    await this.#acknowledger?.drained(this.#givenUp.signal).catch(() => undefined);
    await this.#calls?.closed();
    return { request: this.#lastRequest(), ranMs: this.#ranMs(), recordsLeft };
  }

  /** Lets an end wait for nothing any more: not for pushes, not for the receiver. */
  giveUp(): void {
    this.#givenUp.abort(
      receivingError('MR_RECEIVER_BLOCK_NOT_STORED', 'the time to stop the receiver is over'),
    );
    this.#generator.giveUp();
  }

  /** A receiver that has requested its end instead of starting has not started. */
  #started(): void {
    if (this.#request !== undefined) return;
    this.#startedMs = this.#deps.clock.monotonicMs();
    this.#onStarted();
  }

  #ranMs(): number {
    if (this.#startedMs === undefined || this.#askedMs === undefined) return 0;
    return this.#askedMs - this.#startedMs;
  }

  #prepare(receiver: Receiver<unknown>): ReceiverCalls {
    const { clock, log, options, identity } = this.#deps;
    const calls = new ReceiverCalls({
      receiver,
      clock,
      log,
      timeoutMs: options.receiverCallTimeoutMs,
      givenUp: this.#givenUp.signal,
    });
    const acknowledger = new Acknowledger({
      calls,
      maxWaitingBlocks: options.blockQueueSize,
      onFailed: (error) => this.#onAcknowledgeFailed(error),
    });
    this.#calls = calls;
    this.#acknowledger = acknowledger;
    this.#delivery = new BlockDelivery({
      ...this.#deps,
      executorId: identity.executorId,
      acknowledger,
      onRegistered: (isCrowded) => (this.#generator.isCrowded = isCrowded),
      isReplayable: this.#deps.receiver.capabilities.replayable,
      storesPlainRecords: this.#deps.receiver.capabilities.plainRecords === true,
      readsRanges: this.#deps.receiver.readRange !== undefined,
      ...this.#start,
    });
    return calls;
  }

  #context(): RunningReceiverContext {
    const { identity } = this.#deps;
    const { resumeFrom } = this.#start;
    return new RunningReceiverContext({
      ...this.#deps,
      executorId: identity.executorId,
      host: identity.host,
      signal: this.#stopping.signal,
      ...(resumeFrom === undefined ? {} : { resumeFrom }),
      generator: this.#generator,
      onEndWish: (wish) => this.ask(wish),
      onError: (message, error) => this.#reportError(message, error),
    });
  }

  #onAcknowledgeFailed(cause: unknown): void {
    const message =
      'the receiver could not acknowledge durable records, the source will send the records again';
    const error = receivingError('MR_RECEIVER_ACKNOWLEDGE_FAILED', message, { cause });
    this.#reportError(message, error);
    this.ask({ kind: 'restart', message, error });
  }

  #reportError(message: string, error: unknown): void {
    const { streamId, attemptId, link, log } = this.#deps;
    log.warn('receiver error', { problem: message, error });
    const serialized = error === undefined ? {} : { error: serializeError(error) };
    link.report({ streamId, attemptId, message, ...serialized });
  }

  #lastRequest(): EndRequest {
    if (this.#request === undefined) throw new TypeError('a run ends after it was asked to');
    return this.#request;
  }
}

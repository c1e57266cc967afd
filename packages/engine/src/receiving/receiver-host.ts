// The executor's side of receiving: handles the driver's messages and keeps one supervisor per stream. Messages may
// come twice or late, and the attempt id decides: a repeated start changes nothing, an earlier attempt does not begin
// again (its block names would repeat), and a new attempt replaces the running one.
import type {
  Clock,
  Codec,
  ConfiguredReceiver,
  Logger,
  RandomSource,
  ReceivedBlockHandler,
  ReceiverAttemptId,
  Storage,
  StreamId,
} from '@millrace/core';
import { coreError } from '@millrace/core';
import {
  type ExecutorIdentity,
  type StartReceiver,
  type StopReceiver,
  type StopReceiverReply,
  type UpdateCondition,
  type UpdateRateLimit,
} from '@millrace/core/engine';
import type { ReceiverReading } from '@millrace/core/observation';
import { type Holdings, sumOfHoldings } from '../holdings.ts';
import { BlockIds } from './block-ids.ts';
import { DriverLink } from './driver-link.ts';
import { RateLimiter } from './rate-limiter.ts';
import { ReceiverSupervisor } from './receiver-supervisor.ts';
import { receivingError } from './receiving-errors.ts';
import { type ReceivingOptions, resolveReceivingOptions } from './receiving-options.ts';

/** The time that a replaced attempt may go on storing its records, in milliseconds. */
const REPLACED_STOP_MS = 5_000;

/** Attempts of one stream that are recognised when repeated; the oldest is forgotten first. */
const KNOWN_ATTEMPTS_MAX = 64;

/** The collaborators of a `ReceiverHost`. */
export interface ReceiverHostDeps {
  readonly identity: ExecutorIdentity;
  /** The receiver of a stream in this executor's program; undefined without one. */
  readonly receiverOf: (streamId: StreamId) => ConfiguredReceiver<unknown> | undefined;
  /** True when records of a stream that no block can hold become dead letters. Default: never. */
  readonly keepsLettersOf?: (streamId: StreamId) => boolean;
  readonly handler: ReceivedBlockHandler;
  /** Decides which records can be stored. */
  readonly codec: Codec;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly storage: Storage;
  readonly log: Logger;
  /** Absent options are those of `DEFAULT_RECEIVING_OPTIONS`. */
  readonly options?: Partial<ReceivingOptions>;
}

/** The running and ending attempts of one stream. */
interface StreamReceivers {
  /** The attempts that were started here, in order. */
  readonly attempts: ReceiverAttemptId[];
  /** The unfinished attempts: the last one runs or is about to run, the others are being stopped. */
  readonly live: ReceiverSupervisor[];
}

/** Runs the receivers of one executor. */
export class ReceiverHost {
  readonly #deps: ReceiverHostDeps;
  readonly #options: ReceivingOptions;
  readonly #streams = new Map<StreamId, StreamReceivers>();
  #isClosed = false;
  #heldBatches = 0;

  /** @throws `MR_CONFIG_INVALID_OPTION`. */
  constructor(deps: ReceiverHostDeps) {
    this.#deps = deps;
    this.#options = resolveReceivingOptions(deps.options);
  }

  /**
   * Accepts a receiver attempt, and resolves at once: the receiver's registration tells the driver that it runs.
   *
   * @throws `MR_RECEIVER_UNKNOWN_STREAM`; `MR_EXECUTOR_UNREACHABLE` after `close`.
   */
  async startReceiver(request: StartReceiver): Promise<void> {
    const { streamId, attemptId } = request;
    const receiver = this.#deps.receiverOf(streamId);
    if (receiver === undefined) throw this.#unknownStream(streamId);
    if (this.#isClosed) throw this.#closing();
    const stream = this.#streamOf(streamId);
    if (stream.attempts.includes(attemptId)) {
      this.#deps.log.debug('a start of a receiver was repeated', { streamId, attemptId });
      return;
    }
    stream.attempts.push(attemptId);
    if (stream.attempts.length > KNOWN_ATTEMPTS_MAX) stream.attempts.shift();
    this.#begin(stream, this.#supervisorOf(request, receiver));
  }

  /**
   * The amounts of the host, see `Holdings`. Receivers that a new attempt replaces, or that outlive the host, count as
   * work in progress.
   */
  get holdings(): Holdings {
    const streams = [...this.#streams.values()];
    const replaced = streams.reduce((sum, { live }) => sum + Math.max(0, live.length - 1), 0);
    const notEnded = this.#isClosed ? streams.reduce((sum, { live }) => sum + live.length, 0) : 0;
    const underWay = { 'receiving.replacedReceivers': replaced, 'receiving.receiversNotEnded': notEnded };
    const own = { underWay, kept: {} };
    return sumOfHoldings([own, ...streams.flatMap(({ live }) => live).map(({ holdings }) => holdings)]);
  }

  /** The amounts of the running receivers, one for each stream, for observers. */
  get readings(): readonly ReceiverReading[] {
    return [...this.#streams.values()].flatMap(({ live }) => {
      const readings = live.flatMap(({ reading }) => reading ?? []);
      return readings.length === 0 ? [] : [readings.reduce(withEarlier)];
    });
  }

  /**
   * Stops the receivers of a stream; answers after the deregistration or at the time limit. Without a receiver: at
   * once.
   */
  async stopReceiver(request: StopReceiver): Promise<StopReceiverReply> {
    const { streamId, message, withinMs } = request;
    const live = this.#streams.get(streamId)?.live ?? [];
    const replies = await Promise.all(live.map((supervisor) => supervisor.stop(message, withinMs)));
    return { recordsLeft: replies.reduce((sum, reply) => sum + reply.recordsLeft, 0) };
  }

  /** Changes the rate limit of a receiver. Without that receiver there is nothing to change. */
  async updateRateLimit(request: UpdateRateLimit): Promise<void> {
    const { streamId, recordsPerSecond, bytesPerSecond } = request;
    this.#streams.get(streamId)?.live.at(-1)?.updateRateLimit(recordsPerSecond, bytesPerSecond);
  }

  /** Notes the state of the driver, for all receivers of this executor. */
  async updateCondition({ heldBatches }: UpdateCondition): Promise<void> {
    this.#heldBatches = heldBatches;
  }

  /** Ends all receivers at once; their unstored records are left behind. May be repeated. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const live = [...this.#streams.values()].flatMap((stream) => stream.live);
    await Promise.all(live.map((supervisor) => supervisor.stop('the executor ends', 0)));
  }

  /** Starts a supervisor once all earlier attempts of the stream have ended. */
  #begin(stream: StreamReceivers, supervisor: ReceiverSupervisor): void {
    const before = stream.live.map((earlier) => earlier.stop('replaced by a new attempt', REPLACED_STOP_MS));
    stream.live.push(supervisor);
    void supervisor.ended.then(() => stream.live.splice(stream.live.indexOf(supervisor), 1));
    if (before.length === 0) supervisor.start();
    else void Promise.all(before).then(() => supervisor.start());
  }

  #supervisorOf(request: StartReceiver, receiver: ConfiguredReceiver<unknown>): ReceiverSupervisor {
    const { identity, clock, random } = this.#deps;
    const { streamId, attemptId, rateLimit, byteRateLimit } = request;
    const options = this.#options;
    const log = this.#deps.log.child({ streamId, attemptId, receiver: receiver.name });
    return new ReceiverSupervisor({
      ...this.#deps,
      streamId,
      attemptId,
      receiver,
      log,
      options,
      heldBatches: () => this.#heldBatches,
      keepsLetters: this.#deps.keepsLettersOf?.(streamId) ?? false,
      link: new DriverLink({ driver: identity.driver, clock, random, log, options }),
      limiter: new RateLimiter({ clock, options, initialRate: rateLimit, initialByteRate: byteRateLimit }),
      blockIds: new BlockIds(streamId, attemptId),
    });
  }

  #streamOf(streamId: StreamId): StreamReceivers {
    const known = this.#streams.get(streamId);
    if (known !== undefined) return known;
    const stream: StreamReceivers = { attempts: [], live: [] };
    this.#streams.set(streamId, stream);
    return stream;
  }

  #unknownStream(streamId: StreamId): Error {
    const message = `expected a receiver stream of the program, got ${streamId}; driver and executors must run the same program`;
    return receivingError('MR_RECEIVER_UNKNOWN_STREAM', message, { details: { streamId } });
  }

  #closing(): Error {
    const { executorId } = this.#deps.identity;
    const message = `executor ${executorId} is ending and starts no receiver`;
    return coreError('MR_EXECUTOR_UNREACHABLE', message, { details: { executorId } });
  }
}

/** An attempt that is being replaced still has records; the source's own amounts are those of the latest attempt. */
function withEarlier(earlier: ReceiverReading, latest: ReceiverReading): ReceiverReading {
  return {
    ...latest,
    waitingRecords: earlier.waitingRecords + latest.waitingRecords,
    waitingBlocks: earlier.waitingBlocks + latest.waitingBlocks,
    waitingBytes: earlier.waitingBytes + latest.waitingBytes,
    unacknowledgedRecords: earlier.unacknowledgedRecords + latest.unacknowledgedRecords,
  };
}

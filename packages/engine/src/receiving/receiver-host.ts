// The executor's side of receiving: takes the driver's messages and keeps one supervisor per stream. Messages may come
// twice or late, and the attempt id tells: a start that is repeated changes nothing, one of an attempt that has been
// here before is not begun again (its block names would repeat), and a new attempt replaces the one that runs.
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
  type UpdateRateLimit,
} from '@millrace/core/engine';
import { type Holdings, sumOfHoldings } from '../holdings.ts';
import { BlockIds } from './block-ids.ts';
import { DriverLink } from './driver-link.ts';
import { RateLimiter } from './rate-limiter.ts';
import { ReceiverSupervisor } from './receiver-supervisor.ts';
import { receivingError } from './receiving-errors.ts';
import { type ReceivingOptions, resolveReceivingOptions } from './receiving-options.ts';

/** How long an attempt that is replaced may go on storing what it holds, in milliseconds. */
const REPLACED_STOP_MS = 5_000;

/** Attempts of one stream that are recognised when they come again; the oldest is forgotten first. */
const KNOWN_ATTEMPTS_MAX = 64;

/** What a `ReceiverHost` is made of. */
export interface ReceiverHostDeps {
  readonly identity: ExecutorIdentity;
  /** The receiver of a stream in this executor's program; undefined when it has none. */
  readonly receiverOf: (streamId: StreamId) => ConfiguredReceiver<unknown> | undefined;
  readonly handler: ReceivedBlockHandler;
  /** Says which records can be stored. */
  readonly codec: Codec;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly storage: Storage;
  readonly log: Logger;
  /** What is not said is as in `DEFAULT_RECEIVING_OPTIONS`. */
  readonly options?: Partial<ReceivingOptions>;
}

/** What runs, or ends, for one stream. */
interface StreamReceivers {
  /** Attempts that were told to start here, in order. */
  readonly attempts: ReceiverAttemptId[];
  /** Those that are not over: the last one runs or is about to, the others are being stopped. */
  readonly live: ReceiverSupervisor[];
}

/** Runs the receivers of one executor. */
export class ReceiverHost {
  readonly #deps: ReceiverHostDeps;
  readonly #options: ReceivingOptions;
  readonly #streams = new Map<StreamId, StreamReceivers>();
  #isClosed = false;

  /** @throws `MR_CONFIG_INVALID_OPTION`. */
  constructor(deps: ReceiverHostDeps) {
    this.#deps = deps;
    this.#options = resolveReceivingOptions(deps.options);
  }

  /**
   * Takes up a receiver attempt, and resolves at once: its registration tells the driver that it runs.
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

  /** Its amounts, see `Holdings`. Receivers that a new attempt replaces, or that outlive the host, count as under way. */
  get holdings(): Holdings {
    const streams = [...this.#streams.values()];
    const replaced = streams.reduce((sum, { live }) => sum + Math.max(0, live.length - 1), 0);
    const notEnded = this.#isClosed ? streams.reduce((sum, { live }) => sum + live.length, 0) : 0;
    const underWay = { 'receiving.replacedReceivers': replaced, 'receiving.receiversNotEnded': notEnded };
    const own = { underWay, kept: {} };
    return sumOfHoldings([own, ...streams.flatMap(({ live }) => live).map(({ holdings }) => holdings)]);
  }

  /** Stops what runs for a stream; answers when it has deregistered or the time is over. Nothing there: at once. */
  async stopReceiver(request: StopReceiver): Promise<StopReceiverReply> {
    const { streamId, message, withinMs } = request;
    const live = this.#streams.get(streamId)?.live ?? [];
    const replies = await Promise.all(live.map((supervisor) => supervisor.stop(message, withinMs)));
    return { recordsLeft: replies.reduce((sum, reply) => sum + reply.recordsLeft, 0) };
  }

  /** Changes how much a receiver may store per second. Without that receiver there is nothing to change. */
  async updateRateLimit(request: UpdateRateLimit): Promise<void> {
    const { streamId, recordsPerSecond, bytesPerSecond } = request;
    this.#streams.get(streamId)?.live.at(-1)?.updateRateLimit(recordsPerSecond, bytesPerSecond);
  }

  /** Ends all receivers at once; what they hold is left behind. May be repeated. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const live = [...this.#streams.values()].flatMap((stream) => stream.live);
    await Promise.all(live.map((supervisor) => supervisor.stop('the executor ends', 0)));
  }

  /** Starts a supervisor once everything that ran for the stream before is over. */
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

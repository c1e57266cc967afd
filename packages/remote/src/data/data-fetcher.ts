// The fetcher of an executor: asks the data servers of other hosts. One fetcher has one secret, the connections kept alive,
// and one bound on the bytes of all answers that it reads.
import type { KeyObject } from 'node:crypto';
import type { Clock, Codec, ExecutorId, RandomSource } from '@millrace/core';
import { backOffDelayMs, messageOf } from '@millrace/core';
import { deserializeError } from '@millrace/core/engine';
import type { PeerKind } from '../peer-kinds.ts';
import { remoteError } from '../remote-errors.ts';
import { type DataAddress, formatDataAddress } from './data-address.ts';
import { DataConnections } from './data-connections.ts';
import { DATA_LIMITS, type DataLimits } from './data-limits.ts';
import type { DataTls } from './data-tls.ts';
import { fetchOnce, type Fetched, type FetchWay } from './fetch-once.ts';
import { STATUS } from './refusal.ts';
import { replyOf } from './reply-parts.ts';
import { SharedRoom } from './shared-room.ts';
import { encodeRequest, signatureOf, signingKey } from './signed-request.ts';

/** Collaborators of a fetcher. */
export interface DataFetcherDeps {
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly codec: Codec;
  /** The secret of the epoch, 32 bytes. */
  readonly secret: Uint8Array;
  /** Present: servers are asked over HTTPS only. */
  readonly tls?: DataTls | undefined;
  /** Differences from `DATA_LIMITS`. */
  readonly limits?: Partial<DataLimits> | undefined;
}

/** A question to one executor. */
export interface DataQuestion {
  readonly kind: PeerKind;
  readonly request: unknown;
}

const SENDER_CHARACTERS = 24;
/** Delays between tries, and between questions to a busy server. */
const AGAIN = { firstMs: 50, maxMs: 1_000 };

/** Fetches data for one executor. */
export class DataFetcher {
  readonly #deps: DataFetcherDeps;
  readonly #limits: DataLimits;
  readonly #room: SharedRoom;
  readonly #key: KeyObject;
  readonly #connections: DataConnections;

  /** @throws TypeError for a secret of another length than 32 bytes. */
  constructor(deps: DataFetcherDeps) {
    this.#deps = deps;
    this.#limits = { ...DATA_LIMITS, ...deps.limits };
    this.#key = signingKey(deps.secret);
    this.#room = new SharedRoom(this.#limits.fetchBytesMax);
    this.#connections = new DataConnections(deps);
  }

  /** Bytes of answers that are being read. */
  get heldBytes(): number {
    return this.#room.held;
  }

  /** The way to an executor behind the data server at an address. */
  wayTo(executorId: ExecutorId, address: DataAddress): DataWay {
    const { clock, random, codec } = this.#deps;
    const way: FetchWay = {
      clock,
      limits: this.#limits,
      connections: this.#connections,
      address,
      room: this.#room,
    };
    return new DataWay({ clock, random, codec, key: this.#key, executorId, way, limits: this.#limits });
  }

  /** Closes the connections. Requests under way fail. */
  close(): void {
    this.#connections.close();
  }
}

interface DataWayDeps extends Pick<DataFetcherDeps, 'clock' | 'random' | 'codec'> {
  readonly key: KeyObject;
  readonly executorId: ExecutorId;
  readonly way: FetchWay;
  readonly limits: DataLimits;
}

/** The direct way to one executor. */
export class DataWay {
  readonly #deps: DataWayDeps;
  /** Requests under way. */
  readonly #turns: SharedRoom;
  readonly #sender: string;
  #count = 0;

  constructor(deps: DataWayDeps) {
    this.#deps = deps;
    this.#turns = new SharedRoom(deps.limits.requestsPerPeer);
    this.#sender = deps.random.id(SENDER_CHARACTERS);
  }

  /**
   * Fetches the answer to a question.
   *
   * @throws the error of the executor; `MR_REMOTE_DATA_FAILED` when the direct way does not lead to an answer; the signal's
   * reason.
   */
  async fetch(question: DataQuestion, signal: AbortSignal): Promise<unknown> {
    const release = await this.#turns.take(1, signal);
    try {
      return await this.#fetchByTries(question, signal);
    } finally {
      release();
    }
  }

  async #fetchByTries(question: DataQuestion, signal: AbortSignal): Promise<unknown> {
    const { clock, random, limits } = this.#deps;
    const untilMs = clock.monotonicMs() + limits.busyMs;
    for (let failures = 0, delays = 0; ; delays += 1) {
      const outcome = await this.#try(question, signal);
      if (outcome.isAnswer) return outcome.reply;
      failures += outcome.isBusy ? 0 : 1;
      const isLast = outcome.isBusy ? clock.monotonicMs() >= untilMs : failures >= limits.tries;
      if (isLast || outcome.isFinal) throw this.#failed(outcome.reason, failures);
      await clock.sleepFor(backOffDelayMs(delays, { ...AGAIN, random }), signal);
    }
  }

  async #try(question: DataQuestion, signal: AbortSignal): Promise<Outcome> {
    const { executorId: to, way, codec, key, limits } = this.#deps;
    const { kind } = question;
    const body = encodeRequest({ to, sender: this.#sender, count: this.#count++, ...question }, codec);
    if (body.byteLength > limits.requestBytesMax)
      return failure(`the request has ${body.byteLength} bytes`, { isFinal: true });
    let fetched: Fetched;
    try {
      fetched = await fetchOnce(way, { body, signature: signatureOf(body, key) }, signal);
      if (fetched.parts !== undefined) return { isAnswer: true, reply: replyOf(kind, fetched.parts, codec) };
    } catch (error) {
      signal.throwIfAborted();
      return failure(error);
    }
    if (fetched.status === STATUS.failed)
      throw deserializeError(codec.decodeRecords(fetched.error)[0] as never);
    return failure(`the server answered with status ${fetched.status}`, {
      isBusy: fetched.status === STATUS.busy,
      isFinal: fetched.status !== STATUS.busy && fetched.status !== STATUS.repeated,
    });
  }

  #failed(reason: unknown, failures: number): Error {
    const { executorId, way } = this.#deps;
    const address = formatDataAddress(way.address);
    return remoteError(
      'MR_REMOTE_DATA_FAILED',
      `data of executor ${executorId} could not be fetched from ${address}: ${messageOf(reason)}`,
      { details: { executorId, address, failures }, cause: reason },
    );
  }
}

type Outcome =
  | { readonly isAnswer: true; readonly reply: unknown }
  | {
      readonly isAnswer: false;
      readonly reason: unknown;
      readonly isBusy: boolean;
      readonly isFinal: boolean;
    };

function failure(reason: unknown, { isBusy = false, isFinal = false } = {}): Outcome {
  return { isAnswer: false, reason, isBusy, isFinal };
}

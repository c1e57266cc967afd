// Turns requests into stored records: one request at a time, each from its first to its last record, so that the
// records of a request stay together and keep their order. When the engine requests a wait, all requests here wait:
//
//   request ──► queue ──turn──► store, store, false ──► ready() ──► store … ──► next
//                 └── storeWaitMs over: refused, nothing of it was stored
//
// A request that has begun is completed for any duration, because a part of its records is stored already. The queue is
// bounded by the requests in flight.
import type { Clock, ReceiverContext } from '@millrace/core';
import type { Payload } from '../bodies/payload.ts';
import { ClientGone } from '../client-gone.ts';
import { httpError } from '../http-errors.ts';
import type { LoopShare } from '../loop-share.ts';
import type { Submission } from './submission.ts';

/** Collaborators of a `StoreLane`. */
export interface StoreLaneDeps {
  readonly context: Pick<
    ReceiverContext<unknown>,
    'store' | 'storeText' | 'ready' | 'signal' | 'reportError'
  > & {
    readonly clock: Clock;
  };
  /** The time limit of a request for its turn. */
  readonly storeWaitMs: number;
  readonly share: Pick<LoopShare, 'isSpentAfter' | 'next'>;
}

/** Cost of storing a piece, in units of one parsed byte. */
const PIECE_UNITS = 64;

/** Stores the payloads of one receiver. */
export class StoreLane {
  readonly #context: StoreLaneDeps['context'];
  readonly #storeWaitMs: number;
  readonly #share: StoreLaneDeps['share'];
  /** The requests that wait for a turn, in order. */
  readonly #waiting = new Set<PromiseWithResolvers<void>>();
  #isTaken = false;
  /** Set while the engine requests a wait. */
  #held: { readonly sinceMs: number; readonly over: Promise<void> } | undefined;

  constructor({ context, storeWaitMs, share }: StoreLaneDeps) {
    this.#context = context;
    this.#share = share;
    this.#storeWaitMs = storeWaitMs;
  }

  /** True while the engine requests a wait. */
  get isHeld(): boolean {
    return this.#held !== undefined;
  }

  /** Refuses at once a request that would wait in vain. @throws `MR_HTTP_LIMITED`. */
  assertNotLimited(): void {
    if (this.isRefusing) throw this.#limited();
  }

  /** True while a new request would wait in vain. */
  get isRefusing(): boolean {
    if (this.#held === undefined) return false;
    return this.#context.clock.monotonicMs() - this.#held.sinceMs >= this.#storeWaitMs;
  }

  /**
   * Stores a payload with its submission as the token of every piece. Resolves when everything is stored.
   *
   * @param gone Aborted when the payload is no longer to be stored; only effective before the begin.
   * @throws `MR_HTTP_LIMITED` and `ClientGone`: nothing was stored. `MR_HTTP_STOPPING` and `MR_HTTP_NOT_STORED`: a part
   *   may have been stored.
   */
  async store(payload: Payload, submission: Submission, gone?: AbortSignal): Promise<void> {
    if (payload.pieceCount === 0) return;
    await this.#turn(gone);
    try {
      await this.#storePieces(payload, submission);
    } catch (error) {
      throw this.#failure(error);
    } finally {
      this.#isTaken = false;
      this.#letNextIn();
    }
  }

  /** Rejects the requests whose turn has not come. A request being stored receives the engine's error. */
  stop(): void {
    for (const waiting of this.#waiting) waiting.reject(stopping());
  }

  async #turn(gone: AbortSignal | undefined): Promise<void> {
    const { clock, signal } = this.#context;
    if (signal.aborted) throw stopping();
    const turn = Promise.withResolvers<void>();
    const onGone = (): void => turn.reject(new ClientGone());
    if (gone?.aborted === true) onGone();
    gone?.addEventListener('abort', onGone, { once: true });
    const timer = clock.after(this.#storeWaitMs, () => turn.reject(this.#limited()));
    this.#waiting.add(turn);
    this.#letNextIn();
    try {
      await turn.promise;
    } finally {
      this.#waiting.delete(turn);
      timer.cancel();
      gone?.removeEventListener('abort', onGone);
    }
  }

  #letNextIn(): void {
    const [next] = this.#waiting;
    if (next === undefined || this.#isTaken || this.#held !== undefined) return;
    this.#isTaken = true;
    this.#waiting.delete(next);
    next.resolve();
  }

  async #storePieces(payload: Payload, submission: Submission): Promise<void> {
    for (let index = 0; index < payload.pieceCount; index += 1) {
      if (this.#held !== undefined) await this.#held.over;
      if (!payload.storePiece(this.#context, index, submission)) this.#hold();
      if (this.#share.isSpentAfter(PIECE_UNITS)) await this.#share.next();
    }
  }

  #hold(): void {
    const over = this.#untilReady();
    // The request being stored receives the failure, and so does the engine; waiting requests keep their time limit.
    over.catch(() => undefined);
    this.#held = { sinceMs: this.#context.clock.monotonicMs(), over };
  }

  async #untilReady(): Promise<void> {
    await this.#context.ready();
    this.#held = undefined;
    this.#letNextIn();
  }

  #limited(): Error {
    const message = `expected room for more records within ${this.#storeWaitMs} ms; send the request again later`;
    return httpError('MR_HTTP_LIMITED', message);
  }

  /** Storing fails when the receiver is stopped, which the engine knows already; any other failure is unexpected. */
  #failure(cause: unknown): Error {
    if (this.#context.signal.aborted) return stopping();
    const message = 'the records of a request could not all be stored; send all of them again';
    const error = httpError('MR_HTTP_NOT_STORED', message, { cause });
    this.#context.reportError(message, error);
    return error;
  }
}

/** The error of requests that arrive, or are unstored, when the receiver is stopped. */
export function stopping(): Error {
  return httpError('MR_HTTP_STOPPING', 'the receiver is stopping; send the request again later');
}

// Where requests become stored records: one request at a time, each from its first to its last record, so that those of
// a request stay together and keep their order. When the engine asks to wait, everything here waits:
//
//   request ──► queue ──turn──► store, store, false ──► ready() ──► store … ──► next
//                 └── storeWaitMs over: refused, nothing of it was stored
//
// A request that has begun is carried to its end however long that takes, because half of it is stored already. The
// queue is bounded by the requests in flight.
import type { Clock, ReceiverContext } from '@millrace/core';
import type { Payload } from '../bodies/payload.ts';
import { ClientGone } from '../client-gone.ts';
import { httpError } from '../http-errors.ts';
import type { LoopShare } from '../loop-share.ts';
import type { Submission } from './submission.ts';

/** What a `StoreLane` takes. */
export interface StoreLaneDeps {
  readonly context: Pick<
    ReceiverContext<unknown>,
    'store' | 'storeText' | 'ready' | 'signal' | 'reportError'
  > & {
    readonly clock: Clock;
  };
  /** How long a request waits for its turn. */
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
  /** Who waits for a turn, in order. */
  readonly #waiting = new Set<PromiseWithResolvers<void>>();
  #isTaken = false;
  /** Set while the engine asks to wait. */
  #held: { readonly sinceMs: number; readonly over: Promise<void> } | undefined;

  constructor({ context, storeWaitMs, share }: StoreLaneDeps) {
    this.#context = context;
    this.#share = share;
    this.#storeWaitMs = storeWaitMs;
  }

  /** Whether the engine asks to wait at present. */
  get isHeld(): boolean {
    return this.#held !== undefined;
  }

  /** Refuses at once what would have to wait in vain. @throws `MR_HTTP_LIMITED`. */
  assertNotLimited(): void {
    if (this.#held === undefined) return;
    if (this.#context.clock.monotonicMs() - this.#held.sinceMs >= this.#storeWaitMs) throw this.#limited();
  }

  /**
   * Stores a payload with its submission as the token of every piece. Resolves when all is stored.
   *
   * @param gone Aborted when nobody wants it to be stored any more; counts until it has begun.
   * @throws `MR_HTTP_LIMITED` and `ClientGone`: nothing was stored. `MR_HTTP_STOPPING` and `MR_HTTP_NOT_STORED`: a
   * part of it may have been.
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

  /** Ends the waiting of those whose turn has not come. Whoever stores hears it from the engine. */
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
    // Whoever is amid storing hears of a failure, and so does the engine; those who wait go by their time.
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

  /** Storing fails when the receiver is stopped, which is no news to the engine; else it should not. */
  #failure(cause: unknown): Error {
    if (this.#context.signal.aborted) return stopping();
    const message = 'the records of a request could not all be stored; send all of them again';
    const error = httpError('MR_HTTP_NOT_STORED', message, { cause });
    this.#context.reportError(message, error);
    return error;
  }
}

/** The error of requests that come, or are not stored yet, when the receiver is stopped. */
export function stopping(): Error {
  return httpError('MR_HTTP_STOPPING', 'the receiver is stopping; send the request again later');
}

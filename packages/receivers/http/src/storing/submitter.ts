// From the bytes of a body to the promise of a receipt:
//
//   body ──► IdempotencyCache ──► parse, validate ──► Submission ──► StoreLane ──► acknowledged, piece by piece ──► receipt
//                 └── known: the receipt of the first
//
// Every request that is not known to be durable is recorded here, so that the end of the receiver is an outcome too.
import { createHash } from 'node:crypto';
import type { ReceiverContext } from '@millrace/core';
import { SummedReport } from '@millrace/core/engine';
import type { BodyParser, Payload } from '../bodies/payload.ts';
import { httpError } from '../http-errors.ts';
import type { HttpSettings } from '../http-settings.ts';
import type { LoopShare } from '../loop-share.ts';
import type { Passage } from './in-flight.ts';
import { IdempotencyCache, type KeyedReceipt } from './idempotency-cache.ts';
import { stopping, StoreLane } from './store-lane.ts';
import { type Receipt, Submission } from './submission.ts';

/** Bytes hashed between two looks at the share of the event loop. */
const HASHED_BYTES = 262_144;

/** Hashed bytes that cost as much as one parsed byte. */
const HASHED_BYTES_A_UNIT = 16;

/** A request whose body has been read. */
export interface SubmittedRequest {
  /** The media type of the body. */
  readonly type: string;
  readonly parse: BodyParser;
  /** The idempotency key, if any. */
  readonly key: string | undefined;
  /** The request's share of the bounds in flight; its bytes are released when they are stored or of no use. */
  readonly passage: Pick<Passage, 'addBytes' | 'addRecords' | 'releaseBytes'>;
  /** Aborted when its client is gone. */
  readonly gone: AbortSignal;
}

/** Submits the requests of one start of a receiver. */
export class Submitter {
  readonly #context: ReceiverContext<unknown>;
  readonly #lane: StoreLane;
  readonly #keys: IdempotencyCache;
  readonly #skipped: SummedReport;
  readonly #share: LoopShare;
  readonly #answerTimeoutMs: number;
  /** Requests that are not known to be durable yet. */
  readonly #submissions = new Set<Submission>();

  constructor(context: ReceiverContext<unknown>, options: HttpSettings, share: LoopShare) {
    const { clock } = context;
    this.#context = context;
    this.#share = share;
    this.#answerTimeoutMs = options.answerTimeoutMs;
    this.#lane = new StoreLane({ context, storeWaitMs: options.storeWaitMs, share });
    this.#keys = new IdempotencyCache({ ...options, clock });
    this.#skipped = new SummedReport({ clock, tell: (untold, total) => this.#tellSkipped(untold, total) });
  }

  /** Malformed records of requests that were left out so far. */
  get skippedRecords(): number {
    return this.#skipped.total;
  }

  /** True while the engine requests a wait. */
  get isHeld(): boolean {
    return this.#lane.isHeld;
  }

  /** True while the engine has requested a wait for so long that requests are refused at once. */
  get isRefusing(): boolean {
    return this.#lane.isRefusing;
  }

  /** Refuses at once a request that would wait in vain. @throws `MR_HTTP_LIMITED`. */
  assertNotLimited(): void {
    this.#lane.assertNotLimited();
  }

  /**
   * Parses and stores a body, unless a request with the same key did. Resolves when this is known.
   *
   * @throws `MR_HTTP_KEY_REUSED`. The receipt rejects with the errors of the parser and of `StoreLane.store`, and with
   *   `MR_HTTP_BUSY`. After `MR_HTTP_NOT_STORED` a part of the body may be stored.
   */
  async submit(body: Buffer, request: SubmittedRequest): Promise<KeyedReceipt> {
    const { key, type, passage } = request;
    if (key === undefined) return { receipt: this.#begin(body, request), isReplay: false };
    const fingerprint = await this.#fingerprintOf(type, body);
    const keyed = this.#keys.once(key, fingerprint, () => this.#begin(body, request));
    if (keyed.isReplay) passage.releaseBytes();
    return keyed;
  }

  /** The receiver is stopped: unstored requests are refused, stored requests wait for their acknowledgement. */
  stop(): void {
    this.#lane.stop();
    this.#skipped.flush();
  }

  /** No acknowledgement follows: every waiting request has failed. */
  close(): void {
    const message = 'the receiver ended before the records were known to be durable; send all of them again';
    const error = httpError('MR_HTTP_NOT_STORED', message);
    for (const submission of this.#submissions) submission.fail(error);
  }

  /** The returned promise keeps neither body nor payload alive, so that stored records are free. */
  #begin(body: Buffer, request: SubmittedRequest): Promise<Receipt> {
    const { parse, passage } = request;
    const untilMs = this.#context.clock.monotonicMs() + this.#answerTimeoutMs;
    const parsed = parse(body, {
      count: (bytes) => passage.addBytes(bytes),
      isSpentAfter: (units) => this.#share.isSpentAfter(units),
      nextTurn: () => this.#share.next(),
      inTime: (work) => this.#inTime(work, untilMs),
    });
    return parsed
      .then((payload) => this.#store(payload, request))
      .then((submission) => this.#receipt(submission));
  }

  /** A schema keeps a request until monotonic `untilMs` at most: the records behind share the time of one answer. */
  async #inTime<R>(work: Promise<R>, untilMs: number): Promise<R> {
    const { clock, signal } = this.#context;
    const end = Promise.withResolvers<never>();
    const onStop = (): void => end.reject(stopping());
    const timer = clock.after(untilMs - clock.monotonicMs(), () => {
      const message = `the records were not validated within ${this.#answerTimeoutMs} ms; nothing was stored`;
      end.reject(httpError('MR_HTTP_ANSWER_LATE', message));
    });
    if (signal.aborted) onStop();
    signal.addEventListener('abort', onStop, { once: true });
    try {
      return await Promise.race([work, end.promise]);
    } finally {
      timer.cancel();
      signal.removeEventListener('abort', onStop);
    }
  }

  async #store(payload: Payload, { key, passage, gone }: SubmittedRequest): Promise<Submission> {
    passage.addRecords(payload.recordCount);
    this.#skipped.add(payload.skippedCount);
    const submission = new Submission(payload);
    this.#submissions.add(submission);
    try {
      // Repetitions may wait for the outcome of a key: the request is then stored although its own client is gone.
      await this.#lane.store(payload, submission, key === undefined ? gone : undefined);
      passage.releaseBytes();
      return submission;
    } catch (error) {
      this.#submissions.delete(submission);
      throw error;
    }
  }

  async #receipt(submission: Submission): Promise<Receipt> {
    try {
      return await submission.receipt;
    } finally {
      this.#submissions.delete(submission);
    }
  }

  /** SHA-256 of type and body. */
  async #fingerprintOf(type: string, body: Buffer): Promise<string> {
    const hash = createHash('sha256').update(type).update('\n');
    for (let at = 0; at < body.length; at += HASHED_BYTES) {
      const slice = body.subarray(at, at + HASHED_BYTES);
      hash.update(slice);
      if (this.#share.isSpentAfter(slice.length / HASHED_BYTES_A_UNIT)) await this.#share.next();
    }
    return hash.digest('base64');
  }

  #tellSkipped(untold: number, total: number): void {
    const message = `left out ${untold} malformed records of requests, ${total} since the receiver started`;
    const details = { skippedRecords: untold, totalSkippedRecords: total };
    this.#context.reportError(message, httpError('MR_HTTP_RECORD_MALFORMED', message, { details }));
  }
}

// From the bytes of a body to the promise of a receipt:
//
//   body ──► IdempotencyCache ──► parse ──► Submission ──► StoreLane ──► acknowledged, piece by piece ──► receipt
//                 └── known: the receipt of the first
//
// Everything that is not known to be durable is remembered here, so that the end of the receiver is an outcome too.
import { createHash } from 'node:crypto';
import type { ReceiverContext } from '@millrace/core';
import type { BodyParser } from '../bodies/payload.ts';
import { httpError } from '../http-errors.ts';
import type { HttpOptions } from '../http.options.ts';
import { SummedReport } from '../summed-report.ts';
import { IdempotencyCache, type KeyedReceipt } from './idempotency-cache.ts';
import { StoreLane } from './store-lane.ts';
import { type Receipt, Submission } from './submission.ts';

/** A request whose body has been read. */
export interface SubmittedRequest {
  /** The media type of the body. */
  readonly type: string;
  readonly parse: BodyParser;
  /** The idempotency key, if it has one. */
  readonly key: string | undefined;
  /** What it takes of the bounds in flight; its bytes are released when they are stored or of no use. */
  readonly passage: { addRecords(records: number): void; releaseBytes(): void };
  /** Aborted when its client is gone. */
  readonly gone: AbortSignal;
}

/** Submits the requests of one start of a receiver. */
export class Submitter {
  readonly #context: ReceiverContext<unknown>;
  readonly #lane: StoreLane;
  readonly #keys: IdempotencyCache;
  readonly #skipped: SummedReport;
  /** What is not known to be durable yet. */
  readonly #submissions = new Set<Submission>();

  constructor(context: ReceiverContext<unknown>, options: HttpOptions) {
    const { clock } = context;
    this.#context = context;
    this.#lane = new StoreLane({ context, storeWaitMs: options.storeWaitMs });
    this.#keys = new IdempotencyCache({ ...options, clock });
    this.#skipped = new SummedReport({ clock, tell: (untold, total) => this.#tellSkipped(untold, total) });
  }

  /** Whether the engine asks to wait at present. */
  get isHeld(): boolean {
    return this.#lane.isHeld;
  }

  /** Refuses at once what would have to wait in vain. @throws `MR_HTTP_LIMITED`. */
  assertNotLimited(): void {
    this.#lane.assertNotLimited();
  }

  /**
   * Parses a body and begins to store it, unless that is done already. What is wrong with it is thrown at once, what
   * becomes of it is the receipt.
   *
   * @throws what the parser throws, `MR_HTTP_BUSY` and `MR_HTTP_KEY_REUSED`; nothing was stored then. The receipt
   * rejects as `StoreLane.store` does, and with `MR_HTTP_NOT_STORED`.
   */
  submit(body: Buffer, request: SubmittedRequest): KeyedReceipt {
    const { key, type, passage } = request;
    if (key === undefined) return { receipt: this.#begin(body, request), isReplay: false };
    const keyed = this.#keys.once(key, fingerprintOf(type, body), () => this.#begin(body, request));
    if (keyed.isReplay) passage.releaseBytes();
    return keyed;
  }

  /** The receiver is stopped: what is not stored yet is refused, what is stored waits for its acknowledgement. */
  stop(): void {
    this.#lane.stop();
    this.#skipped.flush();
  }

  /** No acknowledgement follows: whatever waits for one has failed. */
  close(): void {
    const message = 'the receiver ended before the records were known to be durable; send all of them again';
    const error = httpError('MR_HTTP_NOT_STORED', message);
    for (const submission of this.#submissions) submission.fail(error);
  }

  #begin(body: Buffer, { key, parse, passage, gone }: SubmittedRequest): Promise<Receipt> {
    const payload = parse(body);
    passage.addRecords(payload.recordCount);
    this.#skipped.add(payload.skippedCount);
    const submission = new Submission(payload);
    // Others may be waiting for what becomes of a key: then it is stored although its own client has gone.
    const stored = this.#lane.store(payload, submission, key === undefined ? gone : undefined);
    return this.#carry(submission, stored, passage);
  }

  /** Knows neither body nor payload: they are free as soon as they are stored. */
  async #carry(
    submission: Submission,
    stored: Promise<void>,
    passage: SubmittedRequest['passage'],
  ): Promise<Receipt> {
    this.#submissions.add(submission);
    try {
      await stored;
      passage.releaseBytes();
      return await submission.receipt;
    } finally {
      this.#submissions.delete(submission);
    }
  }

  #tellSkipped(untold: number, total: number): void {
    const message = `left out ${untold} malformed records of requests, ${total} since the receiver started`;
    const details = { skippedRecords: untold, totalSkippedRecords: total };
    this.#context.reportError(message, httpError('MR_HTTP_RECORD_MALFORMED', message, { details }));
  }
}

/** Equal for equal content only, as far as anybody knows how to tell. */
function fingerprintOf(type: string, body: Buffer): string {
  return createHash('sha256').update(type).update('\n').update(body).digest('base64');
}

// The records of one request until their durability. The submission is the token of each of its pieces: the engine
// returns the token once for every piece that is durable and registered. After the last piece the request can be
// answered (REC-1).
import type { Payload } from '../bodies/payload.ts';
import type { RejectedRecord } from '../validating/rejected-record.ts';

/** The answer to the client of a safe request. */
export interface Receipt {
  /** Records that are durable and registered. */
  readonly accepted: number;
  /** Malformed records that were left out. */
  readonly skipped: number;
  /** Records that the schema refused. */
  readonly rejected: readonly RejectedRecord[];
}

/** One request between its parsing and its answer. Settles once; later events have no effect. */
export class Submission {
  readonly #receipt: Receipt;
  readonly #outcome = Promise.withResolvers<Receipt>();
  #unacknowledged: number;

  constructor({ recordCount, skippedCount, rejected, pieceCount }: Payload) {
    this.#receipt = { accepted: recordCount, skipped: skippedCount, rejected };
    this.#unacknowledged = pieceCount;
    if (pieceCount === 0) this.#outcome.resolve(this.#receipt);
    // Code that waits for the receipt receives a failure; without such code a failure needs no report.
    this.#outcome.promise.catch(() => undefined);
  }

  /** Resolves when every piece is acknowledged; rejects when acknowledgement is impossible or unknown. */
  get receipt(): Promise<Receipt> {
    return this.#outcome.promise;
  }

  /** One more piece is durable and registered. */
  acknowledge(): void {
    this.#unacknowledged -= 1;
    if (this.#unacknowledged === 0) this.#outcome.resolve(this.#receipt);
  }

  /** No acknowledgement will follow. */
  fail(error: unknown): void {
    this.#outcome.reject(error);
  }
}

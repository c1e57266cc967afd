// The records of one request on their way to durability. It is the token of each of its pieces: the engine hands it
// back once for every piece that is durable and registered, and when all are, the request can be answered (REC-1).
import type { Payload } from '../bodies/payload.ts';

/** What a client is told about a request that is safe. */
export interface Receipt {
  /** Records that are durable and registered. */
  readonly accepted: number;
  /** Malformed records that were left out. */
  readonly skipped: number;
}

/** One request between its parsing and its answer. Settles once, whatever comes later. */
export class Submission {
  readonly #receipt: Receipt;
  readonly #outcome = Promise.withResolvers<Receipt>();
  #unacknowledged: number;

  constructor({ recordCount, skippedCount, pieceCount }: Payload) {
    this.#receipt = { accepted: recordCount, skipped: skippedCount };
    this.#unacknowledged = pieceCount;
    if (pieceCount === 0) this.#outcome.resolve(this.#receipt);
    // Whoever waits for the receipt hears of a failure; when nobody does any more it is no news.
    this.#outcome.promise.catch(() => undefined);
  }

  /** Resolves when every piece is acknowledged; rejects when that will not happen, or is not known. */
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

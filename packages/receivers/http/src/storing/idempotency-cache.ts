// Remembers stored requests by the idempotency key of the client, so that a repeated request is answered without
// storing again. During the first request, repetitions wait for its outcome; after a failure the key is free again.
// Only successes are remembered: no other outcome is known to have left records behind.
//
// The memory is bounded, by number, by time and by the bytes of reports about rejected records, and ends with this
// start of the receiver.
import type { Clock } from '@millrace/core';
import { httpError } from '../http-errors.ts';
import type { HttpOptions } from '../http.options.ts';
import { weightOfRejected } from '../validating/rejected-record.ts';
import type { Receipt } from './submission.ts';

/** Most memory of reports about rejected records, in bytes. */
const REPORTS_BYTES_MAX = 8_388_608;

/** Options of an `IdempotencyCache`. */
export type IdempotencyCacheOptions = Pick<HttpOptions, 'idempotencyMaxKeys' | 'idempotencyTtlMs'> & {
  readonly clock: Clock;
};

/** The outcome of a request with a key. */
export interface KeyedReceipt {
  readonly receipt: Promise<Receipt>;
  /** True when another request with the key came first. */
  readonly isReplay: boolean;
}

interface Underway {
  readonly fingerprint: string;
  readonly receipt: Promise<Receipt>;
}

interface Remembered {
  readonly fingerprint: string;
  readonly receipt: Receipt;
  /** Monotonic. */
  readonly untilMs: number;
  /** Memory of the report about rejected records. */
  readonly reportBytes: number;
}

/** The idempotency keys of one start of a receiver. */
export class IdempotencyCache {
  readonly #options: IdempotencyCacheOptions;
  /** Bounded by the requests in flight. */
  readonly #underway = new Map<string, Underway>();
  /** In the order of completion, which is also the order of `untilMs`. */
  readonly #remembered = new Map<string, Remembered>();
  #reportsBytes = 0;

  constructor(options: IdempotencyCacheOptions) {
    this.#options = options;
  }

  /** The number of remembered keys. */
  get size(): number {
    return this.#remembered.size;
  }

  /**
   * Runs `submit`, unless a request with this key is complete or in flight.
   *
   * @param fingerprint Identifies the content: a key with another fingerprint is a mistake of the client.
   * @throws `MR_HTTP_KEY_REUSED`, and any error of `submit`.
   */
  once(key: string, fingerprint: string, submit: () => Promise<Receipt>): KeyedReceipt {
    this.#forgetOld();
    const known = this.#underway.get(key) ?? this.#remembered.get(key);
    if (known !== undefined) {
      if (known.fingerprint !== fingerprint) throw keyReused();
      return { receipt: Promise.resolve(known.receipt), isReplay: true };
    }
    const receipt = submit();
    this.#underway.set(key, { fingerprint, receipt });
    receipt.then(
      (value) => this.#remember(key, fingerprint, value),
      // Waiting requests receive the failure themselves.
      () => this.#underway.delete(key),
    );
    return { receipt, isReplay: false };
  }

  #remember(key: string, fingerprint: string, receipt: Receipt): void {
    const { clock, idempotencyMaxKeys, idempotencyTtlMs } = this.#options;
    this.#underway.delete(key);
    const reportBytes = weightOfRejected(receipt.rejected);
    const untilMs = clock.monotonicMs() + idempotencyTtlMs;
    this.#remembered.set(key, { fingerprint, receipt, untilMs, reportBytes });
    this.#reportsBytes += reportBytes;
    for (const [oldest, { reportBytes: freed }] of this.#remembered) {
      const isOver = this.#remembered.size > idempotencyMaxKeys || this.#reportsBytes > REPORTS_BYTES_MAX;
      if (!isOver) return;
      this.#forget(oldest, freed);
    }
  }

  #forgetOld(): void {
    const nowMs = this.#options.clock.monotonicMs();
    for (const [key, { untilMs, reportBytes }] of this.#remembered) {
      if (untilMs > nowMs) return;
      this.#forget(key, reportBytes);
    }
  }

  #forget(key: string, reportBytes: number): void {
    this.#remembered.delete(key);
    this.#reportsBytes -= reportBytes;
  }
}

function keyReused(): Error {
  const message = 'expected the same body for an Idempotency-Key that was used before; use a new key';
  return httpError('MR_HTTP_KEY_REUSED', message);
}

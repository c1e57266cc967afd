// Remembers which requests have been stored, by the key that their clients gave them, so that one that is sent again is
// answered and not stored again. While the first is on its way the others wait for what becomes of it; if that fails,
// the key is free again. Only successes are remembered: nothing else has left anything behind, as far as anybody knows.
//
// This is memory: it is bounded, by number and by time, and it ends with this start of the receiver.
import type { Clock } from '@millrace/core';
import { httpError } from '../http-errors.ts';
import type { HttpOptions } from '../http.options.ts';
import type { Receipt } from './submission.ts';

/** What an `IdempotencyCache` takes. */
export type IdempotencyCacheOptions = Pick<HttpOptions, 'idempotencyMaxKeys' | 'idempotencyTtlMs'> & {
  readonly clock: Clock;
};

/** What was made of a request with a key. */
export interface KeyedReceipt {
  readonly receipt: Promise<Receipt>;
  /** Whether another request with the key was there first. */
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
}

/** The idempotency keys of one start of a receiver. */
export class IdempotencyCache {
  readonly #options: IdempotencyCacheOptions;
  /** Bounded by the requests in flight. */
  readonly #underway = new Map<string, Underway>();
  /** In the order of their end, which is also that of `untilMs`. */
  readonly #remembered = new Map<string, Remembered>();

  constructor(options: IdempotencyCacheOptions) {
    this.#options = options;
  }

  /** How many keys are remembered. */
  get size(): number {
    return this.#remembered.size;
  }

  /**
   * Does what `submit` does, unless that is done or being done under this key.
   *
   * @param fingerprint Stands for the content: the key with another one is a mistake of the client.
   * @throws `MR_HTTP_KEY_REUSED`, and what `submit` throws.
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
      // Those who wait for it hear of the failure themselves.
      () => this.#underway.delete(key),
    );
    return { receipt, isReplay: false };
  }

  #remember(key: string, fingerprint: string, receipt: Receipt): void {
    const { clock, idempotencyMaxKeys, idempotencyTtlMs } = this.#options;
    this.#underway.delete(key);
    this.#remembered.set(key, { fingerprint, receipt, untilMs: clock.monotonicMs() + idempotencyTtlMs });
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size > idempotencyMaxKeys && oldest !== undefined) this.#remembered.delete(oldest);
  }

  #forgetOld(): void {
    const nowMs = this.#options.clock.monotonicMs();
    for (const [key, { untilMs }] of this.#remembered) {
      if (untilMs > nowMs) return;
      this.#remembered.delete(key);
    }
  }
}

function keyReused(): Error {
  const message = 'expected the same body for an Idempotency-Key that was used before; take a new key';
  return httpError('MR_HTTP_KEY_REUSED', message);
}

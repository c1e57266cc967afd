// The accepted renewals of a driver's lease, as the log and the checkpoints of the same engine see them. A fence is sent shortly after
// an accepted renewal: no other driver can be in charge so soon, so a driver that was paused cannot depose its successor.
//
//   renewal sent at 0, accepted        a fence may be sent, until 1 s        another driver, from 4 s
import { type Clock } from '@millrace/core';
import { portToken } from '@millrace/core/engine';

/** The age of a renewal up to which a fence is sent, in milliseconds. */
const FRESH_MS = 1_000;

/** Tells when the lease of this engine was renewed. */
export class LeaseRenewals {
  readonly #clock: Clock;
  readonly #waiting = new Set<() => void>();
  #sentMs = Number.NEGATIVE_INFINITY;
  #lost: AbortSignal | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A term began. @param lost Aborted with the reason when the term is lost. */
  began(lost: AbortSignal, sentMs: number): void {
    this.#lost = lost;
    lost.addEventListener('abort', () => this.#wake(), { once: true });
    this.accepted(sentMs);
  }

  /** A renewal was accepted. @param sentMs The monotonic time of its first sending. */
  accepted(sentMs: number): void {
    this.#sentMs = sentMs;
    this.#wake();
  }

  /**
   * Resolves when the newest accepted renewal was sent less than a second ago, on the monotonic clock; waits for the next one until
   * then.
   *
   * @param signal Ends the wait.
   * @throws the reason of the signal; `MR_LEASE_LOST` once the lease is lost.
   */
  async untilFresh(signal?: AbortSignal): Promise<void> {
    for (;;) {
      signal?.throwIfAborted();
      this.#lost?.throwIfAborted();
      if (this.#clock.monotonicMs() - this.#sentMs < FRESH_MS) return;
      await this.#next(signal);
    }
  }

  async #next(signal?: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = (): void => resolve();
    this.#waiting.add(wake);
    signal?.addEventListener('abort', wake);
    await promise;
    this.#waiting.delete(wake);
    signal?.removeEventListener('abort', wake);
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }
}

const NAME = 'nats:LeaseRenewals';

/** The token of the renewals, bound by `natsLease`. */
export const LEASE_RENEWALS = portToken<LeaseRenewals>(NAME);

/** Injects the renewals where `natsLease` is present, else undefined: a fence then waits for nothing. The container types both cases apart. */
export const RENEWALS_IF_ANY = { serviceIdentifier: portToken<undefined>(NAME), optional: true } as const;

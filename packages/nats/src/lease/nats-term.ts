// The time in which a driver is in charge: renews the lease, and tells certainty and loss. A renewal is repeated unchanged until
// the servers accept or refuse it, so an election deposes nobody. The age of a renewal counts from the first sending: which of its
// attempts was accepted is not known.
import { type Clock, coreError, type Timer } from '@millrace/core';
import type { DriverTerm } from '@millrace/core/engine';
import { clusterError } from '../cluster-errors.ts';
import type { DecidedAppend } from '../streams/decided-append.ts';
import { type NatsLeaseRecord, leaseBytes } from './lease-record.ts';
import type { LeaseRenewals } from '../streams/lease-renewals.ts';
import { LOST_MS, RELEASE_MS, RENEW_MS, UNCERTAIN_MS } from './lease-times.ts';

/** Collaborators of a term. */
export interface NatsTermDeps {
  readonly append: DecidedAppend;
  readonly clock: Clock;
  readonly stream: string;
  readonly subject: string;
  /** The record of this term. */
  readonly record: NatsLeaseRecord;
  /** The sequence of the first record of the term. */
  readonly epoch: number;
  /** The sequence of the newest record. */
  readonly sequence: number;
  /** The monotonic time of its first sending. */
  readonly sentMs: number;
  /** Hears of accepted renewals. Absent: nobody. */
  readonly renewals?: LeaseRenewals | undefined;
}

/** A term. */
export class NatsTerm implements DriverTerm {
  readonly epoch: number;
  readonly #deps: NatsTermDeps;
  readonly #lost = new AbortController();
  readonly #stopped = new AbortController();
  readonly #listeners = new Set<(isCertain: boolean) => void>();
  #sequence: number;
  #sentMs: number;
  #renewals = 0;
  #told = true;
  #renewing: Promise<void> | undefined;
  #renewTimer: Timer | undefined;
  #watchTimer: Timer | undefined;
  #isOver = false;

  constructor(deps: NatsTermDeps) {
    this.#deps = deps;
    this.epoch = deps.epoch;
    this.#sequence = deps.sequence;
    this.#sentMs = deps.sentMs;
    deps.renewals?.began(this.lost, deps.sentMs);
    this.#renewLater();
    this.#watch();
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  get isCertain(): boolean {
    const isCertain = this.#isCertainNow();
    if (isCertain !== this.#told) queueMicrotask(() => this.#tell());
    return isCertain;
  }

  onCertainty(listener: (isCertain: boolean) => void): () => void {
    const own = (isCertain: boolean): void => listener(isCertain);
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
    };
  }

  /** Ends the term, and writes the next record. @throws when nobody answers for five seconds. */
  async release(next: NatsLeaseRecord): Promise<void> {
    if (this.#isOver) return;
    this.#end();
    const { append, clock, stream, subject, record } = this.#deps;
    const late = clock.after(RELEASE_MS, () => this.#stopped.abort(unanswered(subject)));
    try {
      await this.#renewing;
      if (this.#lost.signal.aborted) return;
      const id = `${record.term}/end`;
      const message = { stream, subject, id, data: leaseBytes(next), expectLastOfSubject: this.#sequence };
      await append.append(message, { signal: this.#stopped.signal });
    } finally {
      late.cancel();
    }
  }

  #isCertainNow(): boolean {
    return !this.#isOver && this.#age() < UNCERTAIN_MS;
  }

  #age(): number {
    return this.#deps.clock.monotonicMs() - this.#sentMs;
  }

  #renewLater(): void {
    this.#renewTimer = this.#deps.clock.after(RENEW_MS, () => {
      this.#renewing = this.#renew().finally(() => {
        this.#renewing = undefined;
        if (!this.#isOver) this.#renewLater();
      });
    });
  }

  /** Never rejects. */
  async #renew(): Promise<void> {
    const { append, clock, stream, subject, record, renewals } = this.#deps;
    this.#renewals += 1;
    const id = `${record.term}/${this.#renewals}`;
    const sentMs = clock.monotonicMs();
    const message = { stream, subject, id, data: leaseBytes(record), expectLastOfSubject: this.#sequence };
    try {
      const decision = await append.append(message, { signal: this.#stopped.signal });
      if (decision.kind !== 'stored') return this.#lose('another driver has the lease');
      this.#sequence = decision.sequence;
      this.#sentMs = sentMs;
      renewals?.accepted(sentMs);
      this.#tell();
    } catch (cause) {
      if (!this.#stopped.signal.aborted) this.#lose('the lease can never be renewed', cause);
    }
  }

  /** Looks at the age of the newest renewal as often as a change may come. */
  #watch(): void {
    const { clock } = this.#deps;
    const age = this.#age();
    const waitMs = age < UNCERTAIN_MS ? UNCERTAIN_MS - age : Math.max(1, LOST_MS - age);
    this.#watchTimer = clock.after(waitMs, () => {
      if (this.#age() >= LOST_MS) this.#lose(`the lease could not be renewed for ${LOST_MS} ms`);
      this.#tell();
      if (!this.#isOver) this.#watch();
    });
  }

  #lose(why: string, cause?: unknown): void {
    if (this.#isOver) return;
    this.#end();
    this.#stopped.abort(new Error(why));
    const { subject, record } = this.#deps;
    const details = { subject, holder: record.holder };
    this.#lost.abort(
      coreError('MR_LEASE_LOST', `this driver is not in charge any more: ${why}`, { details, cause }),
    );
  }

  #end(): void {
    this.#isOver = true;
    this.#renewTimer?.cancel();
    this.#watchTimer?.cancel();
    this.#tell();
  }

  #tell(): void {
    const isCertain = this.#isCertainNow();
    if (isCertain === this.#told) return;
    this.#told = isCertain;
    for (const listener of this.#listeners) listener(isCertain);
  }
}

function unanswered(subject: string): Error {
  return clusterError(
    'MR_CLUSTER_UNANSWERED',
    `the lease could not be released within ${RELEASE_MS} ms: another driver takes over as after a death`,
    { details: { subject, reason: 'time-out' } },
  );
}

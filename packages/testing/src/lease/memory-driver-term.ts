// The term of a memory lease: renewals, certainty by the monotonic clock, and the loss.
import { coreError, type Timer } from '@millrace/core';
import type { DriverTerm } from '@millrace/core/engine';
import type { LeaseProcess, LeaseRecord } from './lease-record.ts';

/** A term that renews itself until its end. */
export class MemoryDriverTerm implements DriverTerm {
  readonly epoch: number;
  readonly #process: LeaseProcess;
  readonly #record: LeaseRecord;
  readonly #lost = new AbortController();
  readonly #listeners = new Set<(isCertain: boolean) => void>();
  #renewedMs: number;
  /** The value that listeners know. */
  #told = true;
  #hasEnded = false;
  #renewing: Timer;
  #doubting: Timer;

  /** Begins a term of a record that is free, or whose holder is gone. */
  constructor(process: LeaseProcess, record: LeaseRecord) {
    record.term += 1;
    record.renewals = 0;
    record.holder = process.name;
    this.#process = process;
    this.#record = record;
    this.epoch = record.term;
    this.#renewedMs = process.monotonicMs();
    this.#renewing = process.after(process.times.renewMs, () => this.#renew());
    this.#doubting = process.after(process.times.uncertainMs, () => void this.#judge());
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  get isCertain(): boolean {
    return this.#judge();
  }

  onCertainty(listener: (isCertain: boolean) => void): () => void {
    // An entry of its own for a listener that is added twice.
    const entry = (isCertain: boolean): void => listener(isCertain);
    this.#listeners.add(entry);
    return () => void this.#listeners.delete(entry);
  }

  /** Ends the term. @throws an error of disposition `retry` when the service cannot be asked. */
  release(handOver: boolean): void {
    if (this.#hasEnded) return;
    this.#end();
    const { application, term } = this.#record;
    if (this.#process.isCutOff()) {
      throw coreError(
        'MR_STORAGE_FAILED',
        `the lease of ${application} cannot be asked, and was not released`,
      );
    }
    if (term !== this.epoch) return;
    this.#record.holder = undefined;
    if (!handOver) this.#record.stops += 1;
  }

  #renew(): void {
    const { times, isCutOff, monotonicMs, after } = this.#process;
    if (this.#hasEnded) return;
    if (!isCutOff() && this.#record.term !== this.epoch) {
      return this.#lose(`driver ${this.#record.holder ?? 'unknown'} has taken over`);
    }
    if (isCutOff() && monotonicMs() - this.#renewedMs >= times.lostMs) {
      return this.#lose(`no renewal was accepted for ${times.lostMs} ms`);
    }
    this.#renewing = after(times.renewMs, () => this.#renew());
    if (isCutOff()) return;
    this.#record.renewals += 1;
    this.#renewedMs = monotonicMs();
    this.#doubting.cancel();
    this.#doubting = after(times.uncertainMs, () => void this.#judge());
    this.#judge();
  }

  #judge(): boolean {
    const { times, monotonicMs } = this.#process;
    const isCertain = !this.#hasEnded && monotonicMs() - this.#renewedMs < times.uncertainMs;
    if (isCertain !== this.#told) {
      this.#told = isCertain;
      for (const tell of this.#listeners) tell(isCertain);
    }
    return isCertain;
  }

  #lose(reason: string): void {
    this.#end();
    const { application } = this.#record;
    const details = { application, epoch: this.epoch };
    this.#lost.abort(
      coreError('MR_LEASE_LOST', `the lease of application ${application} is lost: ${reason}`, { details }),
    );
  }

  #end(): void {
    this.#renewing.cancel();
    this.#doubting.cancel();
    this.#hasEnded = true;
    this.#judge();
  }
}

// A driver that waits for a memory lease: the driver takes the lease when it is free, or when it did not change for the
// time that the driver itself has observed without a gap.
import { coreError, type Timer } from '@millrace/core';
import type { DriverTerm, LeaseRequest } from '@millrace/core/engine';
import type { LeaseProcess, LeaseRecord } from './lease-record.ts';

/** Gaps between two readings up to this many polls do not begin the observation anew. */
const GAP_POLLS = 3;

/** One wait. */
export class MemoryLeaseWait {
  readonly #process: LeaseProcess;
  readonly #record: LeaseRecord;
  readonly #request: LeaseRequest;
  readonly #begin: () => DriverTerm;
  readonly #stopsBefore: number;
  readonly #granted = Promise.withResolvers<DriverTerm>();
  /** The newest content of the lease, and the monotonic time since which the content is observed. */
  #seen = { mark: '', sinceMs: 0, polledMs: 0 };
  #shown: string | undefined;
  #polling: Timer | undefined;

  /** @param begin Begins the term. */
  constructor(process: LeaseProcess, record: LeaseRecord, request: LeaseRequest, begin: () => DriverTerm) {
    this.#process = process;
    this.#record = record;
    this.#request = request;
    this.#begin = begin;
    this.#stopsBefore = record.stops;
  }

  /** @throws the reason of the signal; `MR_LEASE_STOPPED`. */
  async run(): Promise<DriverTerm> {
    const { signal } = this.#request;
    signal.throwIfAborted();
    const abort = (): void => this.#granted.reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    this.#poll();
    try {
      return await this.#granted.promise;
    } finally {
      signal.removeEventListener('abort', abort);
      this.#polling?.cancel();
    }
  }

  #poll(): void {
    const { times, isCutOff, after } = this.#process;
    if (this.#request.signal.aborted) return;
    this.#polling = after(times.pollMs, () => this.#poll());
    if (isCutOff()) return;
    const { application, holder, stops } = this.#record;
    if (stops !== this.#stopsBefore) {
      this.#end(() =>
        this.#granted.reject(
          coreError('MR_LEASE_STOPPED', `application ${application} was stopped, and this driver stood by`),
        ),
      );
    } else if (holder === undefined || this.#observedMs() >= times.ttlMs) {
      this.#end(() => this.#granted.resolve(this.#begin()));
    } else if (holder !== this.#shown) {
      this.#shown = holder;
      this.#request.onStandby(holder);
    }
  }

  /** The time for which the lease did not change. A lease that was not observed may have changed meanwhile. */
  #observedMs(): number {
    const { times, monotonicMs } = this.#process;
    const { term, renewals } = this.#record;
    const mark = `${term}.${renewals}`;
    const nowMs = monotonicMs();
    const isGap = nowMs - this.#seen.polledMs > GAP_POLLS * times.pollMs;
    const sinceMs = mark !== this.#seen.mark || isGap ? nowMs : this.#seen.sinceMs;
    this.#seen = { mark, sinceMs, polledMs: nowMs };
    return nowMs - sinceMs;
  }

  /** No poll follows the end. */
  #end(settle: () => void): void {
    this.#polling?.cancel();
    settle();
  }
}

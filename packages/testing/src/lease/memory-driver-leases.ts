// Leases in memory, shared by the drivers of a test: the rules of a lease that a service keeps, under a clock of each
// driver. A test kills, pauses and cuts off drivers.
import type { Clock, Timer } from '@millrace/core';
import type { DriverLease, DriverTerm, LeaseRelease, LeaseRequest } from '@millrace/core/engine';
import { LEASE_TIMES, type LeaseProcess, type LeaseRecord, type MemoryLeaseTimes } from './lease-record.ts';
import { MemoryDriverTerm } from './memory-driver-term.ts';
import { MemoryLeaseWait } from './memory-lease-wait.ts';

/** The leases of all applications. */
export class MemoryDriverLeases {
  readonly #times: Required<MemoryLeaseTimes>;
  readonly #records = new Map<string, LeaseRecord>();

  constructor(times: MemoryLeaseTimes = {}) {
    this.#times = { ...LEASE_TIMES, ...times };
  }

  /** The lease of one driver. `name` is the holder that other drivers see. */
  driver(name: string, clock: Clock): MemoryDriverLease {
    return new MemoryDriverLease({ name, clock, times: this.#times, recordOf: (of) => this.#recordOf(of) });
  }

  /** The name of the driver in charge; undefined: the lease is free. */
  holderOf(application: string): string | undefined {
    return this.#recordOf(application).holder;
  }

  #recordOf(application: string): LeaseRecord {
    const record = this.#records.get(application) ?? {
      application,
      term: 0,
      holder: undefined,
      renewals: 0,
      stops: 0,
    };
    this.#records.set(application, record);
    return record;
  }
}

interface MemoryDriverLeaseDeps {
  readonly name: string;
  readonly clock: Clock;
  readonly times: Required<MemoryLeaseTimes>;
  readonly recordOf: (application: string) => LeaseRecord;
}

/** The lease of one driver, with the faults of the driver and of its way to the service. */
export class MemoryDriverLease implements DriverLease {
  readonly #deps: MemoryDriverLeaseDeps;
  readonly #process: LeaseProcess;
  #isAlive = true;
  #isPaused = false;
  #cuts = 0;
  /** Calls that came due during a pause. */
  #due: (() => void)[] = [];
  #term: MemoryDriverTerm | undefined;

  constructor(deps: MemoryDriverLeaseDeps) {
    this.#deps = deps;
    this.#process = {
      name: deps.name,
      times: deps.times,
      isCutOff: () => this.#cuts > 0,
      monotonicMs: () => deps.clock.monotonicMs(),
      after: (delayMs, run) => this.#after(delayMs, run),
    };
  }

  /** The driver dies: no timer runs any more. */
  kill(): void {
    this.#isAlive = false;
  }

  /** The process is paused: no timer runs. The returned function serves the timers that came due. */
  pause(): () => void {
    this.#isPaused = true;
    return () => {
      this.#isPaused = false;
      for (const serve of this.#due.splice(0)) serve();
    };
  }

  /** The service cannot be asked. The returned function ends this; cuts may overlap. */
  cutOff(): () => void {
    this.#cuts += 1;
    let isCut = true;
    return () => {
      if (isCut) this.#cuts -= 1;
      isCut = false;
    };
  }

  acquire(request: LeaseRequest): Promise<DriverTerm> {
    const record = this.#deps.recordOf(request.application);
    const begin = (): DriverTerm => (this.#term = new MemoryDriverTerm(this.#process, record));
    return new MemoryLeaseWait(this.#process, record, request, begin).run();
  }

  async release({ handOver }: LeaseRelease): Promise<void> {
    this.#term?.release(handOver);
  }

  #after(delayMs: number, run: () => void): Timer {
    let isCancelled = false;
    const serve = (): void => {
      if (!this.#isAlive || isCancelled) return;
      if (this.#isPaused) this.#due.push(serve);
      else run();
    };
    const timer = this.#deps.clock.after(delayMs, serve);
    return {
      cancel: () => {
        isCancelled = true;
        timer.cancel();
      },
    };
  }
}

// The description of a package's lease for the kit: the leases of several drivers over one service, and the faults of
// the drivers.
import type { DriverLease } from '@millrace/core/engine';
import type { TargetSubject } from '../kit/with-target.ts';

/** A service that keeps leases, empty at first. A check whose hook is missing does not apply. */
export interface DriverLeaseTarget {
  /** The lease of a further driver, ready for `acquire`. */
  createLease(): DriverLease | Promise<DriverLease>;
  /** Lets time pass for all drivers: virtual time, or real time. */
  advance(ms: number): Promise<void>;
  /** The driver's process dies: the driver neither renews nor waits any more. */
  kill?(lease: DriverLease): void | Promise<void>;
  /** The driver cannot reach the service; the returned function ends this. */
  cutOff?(lease: DriverLease): () => void;
  /** The driver's process is paused: no timer of the driver runs. The returned function ends this. */
  pause?(lease: DriverLease): () => void;
  /** Releases the service and all leases. */
  dispose?(): void | Promise<void>;
}

/** The claims of a lease, in milliseconds. */
export interface DriverLeaseCapabilities {
  /** True when terms have an `epoch`. */
  readonly countsTerms: boolean;
  /** The longest time from the death of a driver in charge to the term of a driver that stands by. */
  readonly takeoverMs: number;
  /** The longest time from `release` to the end of the wait of the other drivers; below `takeoverMs`. */
  readonly handOverMs: number;
  /** The longest time from the newest accepted renewal to `isCertain` false. */
  readonly uncertainMs: number;
  /** The longest time from the newest accepted renewal to `lost`. Undefined: only another driver ends a term. */
  readonly lostMs?: number;
}

/** The subject of the kit. */
export type DriverLeaseSubject = TargetSubject<DriverLeaseTarget, DriverLeaseCapabilities>;

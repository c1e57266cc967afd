// The lease of one application, as a service keeps the lease, and the times of its rules.
import type { Timer } from '@millrace/core';

/** The times of a memory lease, in milliseconds. */
export interface MemoryLeaseTimes {
  /** Between two renewals. Default 1,000. */
  readonly renewMs?: number;
  /** Without a change of the lease, until another driver takes over. Default 4,000. */
  readonly ttlMs?: number;
  /** Since the last accepted renewal, until the holder is uncertain; below `ttlMs`. Default 2,800. */
  readonly uncertainMs?: number;
  /** Since the last accepted renewal, until the holder gives up. Default 15,000. */
  readonly lostMs?: number;
  /** Between two readings of a driver that stands by. Default 500. */
  readonly pollMs?: number;
}

/** The default times. */
export const LEASE_TIMES: Required<MemoryLeaseTimes> = {
  renewMs: 1_000,
  ttlMs: 4_000,
  uncertainMs: 2_800,
  lostMs: 15_000,
  pollMs: 500,
};

/** The content of a lease. */
export interface LeaseRecord {
  readonly application: string;
  /** The number of terms so far. */
  term: number;
  /** The driver in charge; undefined: the lease is free. */
  holder: string | undefined;
  /** Raised by every accepted renewal. */
  renewals: number;
  /** The number of stops of the application. */
  stops: number;
}

/** The process of one driver, and its way to the service. */
export interface LeaseProcess {
  readonly name: string;
  readonly times: Required<MemoryLeaseTimes>;
  /** True while the service cannot be asked. */
  readonly isCutOff: () => boolean;
  readonly monotonicMs: () => number;
  /** A timer that stands still while the process is paused, and ends with the process. */
  readonly after: (delayMs: number, run: () => void) => Timer;
}

// The claims of a `NatsLease` for the kit of leases: the same over servers in memory and over real ones.
import type { DriverLeaseCapabilities } from '@millrace/testing/conformance';

/** The claims. */
export const leaseClaims: DriverLeaseCapabilities = {
  countsTerms: true,
  takeoverMs: 7_000,
  handOverMs: 2_000,
  uncertainMs: 2_800,
  lostMs: 15_000,
};

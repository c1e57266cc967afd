// The kit of the `DriverLease` port.
import type { ConformanceKit } from '../kit/conformance-kit.ts';
import { defineConformance, type TestFunctions } from '../kit/define-conformance.ts';
import { withTarget } from '../kit/with-target.ts';
import { LEASE_CHECKS } from './driver-lease-checks.ts';
import type { DriverLeaseSubject } from './driver-lease-target.ts';
import { LEASE_TERM_CHECKS } from './driver-lease-term-checks.ts';
import type { DriverLeaseTrial } from './driver-lease-trial.ts';

/** The checks of `docs/spec/driver-lease.md`. */
export const DRIVER_LEASE_KIT: ConformanceKit<DriverLeaseSubject, DriverLeaseTrial> = {
  port: 'DriverLease',
  version: 1,
  spec: 'docs/spec/driver-lease.md',
  checks: [...LEASE_CHECKS, ...LEASE_TERM_CHECKS],
  notCheckable: [
    { rule: 'LEASE-13', why: 'binds the caller' },
    { rule: 'LEASE-14', why: 'binds the caller' },
    { rule: 'LEASE-15', why: 'binds the caller' },
    { rule: 'LEASE-16', why: 'binds the caller' },
    { rule: 'LEASE-17', why: 'the kit runs on one host' },
  ],
  withTrial: withTarget,
};

/** Defines the conformance tests of a lease. */
export function driverLeaseConformance(test: TestFunctions, subject: DriverLeaseSubject): void {
  defineConformance(test, DRIVER_LEASE_KIT, subject);
}

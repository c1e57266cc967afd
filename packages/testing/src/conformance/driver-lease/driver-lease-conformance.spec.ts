import { describe, expect, it } from 'vitest';
import { numbersOf, outcomeOf, problemsOf } from '../../../test/assert-kit.ts';
import { MEMORY_LEASE_CLAIMS, modelLease, type LeaseBug } from '../../../test/model-lease.ts';
import { DRIVER_LEASE_KIT } from './driver-lease-conformance.ts';
import type { DriverLeaseSubject } from './driver-lease-target.ts';

const subjectWith = (bug?: LeaseBug): DriverLeaseSubject => ({
  capabilities: MEMORY_LEASE_CLAIMS,
  create: () => modelLease(bug),
});

const BUGS: Readonly<Record<string, LeaseBug>> = {
  'LEASE-1.1': 'grants every request',
  'LEASE-2.1': 'keeps the lease of the dead',
  'LEASE-2.2': 'hands nothing over',
  'LEASE-3.1': 'tells of the first holder only',
  'LEASE-3.2': 'tells before it asks',
  'LEASE-4.1': 'goes on after an abort',
  'LEASE-5.1': 'has one lease for all applications',
  'LEASE-6.1': 'counts in each process',
  'LEASE-7.1': 'never notices its loss',
  'LEASE-7.2': 'renews for ever',
  'LEASE-7.3': 'counts a release as a loss',
  'LEASE-8.1': 'is always certain',
  'LEASE-8.2': 'judges by a timer',
  'LEASE-9.1': 'calls removed listeners',
  'LEASE-10.1': 'gives up at the first unanswered renewal',
  'LEASE-11.1': 'hands over at a stop',
  'LEASE-11.2': 'stays stopped',
  'LEASE-12.1': 'releases foreign terms',
  'LEASE-12.2': 'releases foreign terms',
};

describe('the kit of driver leases', () => {
  it('passes a correct lease', async () => {
    expect(await problemsOf(DRIVER_LEASE_KIT, subjectWith())).toEqual([]);
  });

  it('has a broken lease for every check', () => {
    expect(Object.keys(BUGS).toSorted()).toEqual(numbersOf(DRIVER_LEASE_KIT));
  });

  it.each(Object.entries(BUGS))('%s fails a lease that %s', async (number, bug) => {
    expect(await outcomeOf(DRIVER_LEASE_KIT, number, subjectWith(bug))).toBe(`failed ${number}`);
  });
});

// The trial of a lease check: drivers that wait and drivers in charge, and the passing of time up to a condition.
import assert from 'node:assert/strict';
import { isError } from '@millrace/core/engine';
import type { DriverLease, DriverTerm } from '@millrace/core/engine';
import { told } from '../kit/rejection-of.ts';
import type { TargetTrial } from '../kit/with-target.ts';
import type { DriverLeaseCapabilities, DriverLeaseTarget } from './driver-lease-target.ts';

/** The input of each check. */
export type DriverLeaseTrial = TargetTrial<DriverLeaseTarget, DriverLeaseCapabilities>;

/** Time passes in steps of this length. */
const STEP_MS = 100;
const APPLICATION = 'conformance';

/** One driver of a check. */
export interface TriedDriver {
  readonly lease: DriverLease;
  /** Ends the wait with this reason. */
  readonly stop: (reason: Error) => void;
  /** The holders that `onStandby` was called with. */
  readonly holders: (string | undefined)[];
  /** Undefined while the driver waits, and after a rejection. */
  readonly term: () => DriverTerm | undefined;
  /** Undefined unless `acquire` has rejected. */
  readonly refusal: () => unknown;
}

/** A driver that has called `acquire`. */
export async function candidate(
  { target }: DriverLeaseTrial,
  application = APPLICATION,
  lease?: DriverLease,
): Promise<TriedDriver> {
  const own = lease ?? (await target.createLease());
  const stopping = new AbortController();
  const holders: (string | undefined)[] = [];
  let term: DriverTerm | undefined;
  let refusal: unknown;
  own
    .acquire({ application, signal: stopping.signal, onStandby: (holder) => void holders.push(holder) })
    .then(
      (granted) => {
        term = granted;
      },
      (error: unknown) => {
        refusal = isError(error) ? error : new Error(told(error));
      },
    );
  return {
    lease: own,
    holders,
    stop: (reason) => stopping.abort(reason),
    term: () => term,
    refusal: () => refusal,
  };
}

/** A driver that is in charge of a free lease. */
export async function inCharge(trial: DriverLeaseTrial, application = APPLICATION): Promise<TriedDriver> {
  const driver = await candidate(trial, application);
  await granted(trial, driver, trial.capabilities.takeoverMs);
  return driver;
}

/** A driver that waits for another driver. */
export async function standingBy(trial: DriverLeaseTrial): Promise<TriedDriver> {
  const driver = await candidate(trial);
  await passUntil(trial, () => driver.holders.length > 0, {
    withinMs: trial.capabilities.takeoverMs,
    what: 'onStandby of the second driver',
  });
  return driver;
}

/** Lets time pass until the driver is in charge. */
export async function granted(
  trial: DriverLeaseTrial,
  driver: TriedDriver,
  withinMs: number,
): Promise<DriverTerm> {
  await passUntil(trial, () => driver.term() !== undefined || driver.refusal() !== undefined, {
    withinMs,
    what: 'the term of a driver',
  });
  const term = driver.term();
  assert(term !== undefined, `acquire rejected with ${told(driver.refusal())}`);
  return term;
}

/** Lets time pass until the condition holds. @throws AssertionError when the time is over. */
export async function passUntil(
  { target }: DriverLeaseTrial,
  condition: () => boolean,
  { withinMs, what }: { readonly withinMs: number; readonly what: string },
): Promise<void> {
  for (let passedMs = 0; !condition(); passedMs += STEP_MS) {
    assert(passedMs <= withinMs, `${what} did not come within ${withinMs} ms`);
    await target.advance(STEP_MS);
  }
}

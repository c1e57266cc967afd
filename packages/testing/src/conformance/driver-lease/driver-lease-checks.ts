// Checks of waiting for a lease and of its end. Checks of terms are in `driver-lease-term-checks.ts`.
import assert from 'node:assert/strict';
import { isMillraceError } from '@millrace/core';
import type { ConformanceCheck } from '../kit/conformance-check.ts';
import { hook } from '../kit/not-applicable.ts';
import { told } from '../kit/rejection-of.ts';
import {
  candidate,
  granted,
  inCharge,
  passUntil,
  standingBy,
  type DriverLeaseTrial,
} from './driver-lease-trial.ts';

/** Checks of waiting and of the end. */
export const LEASE_CHECKS: readonly ConformanceCheck<DriverLeaseTrial>[] = [
  {
    number: 'LEASE-1.1',
    title: 'a second driver waits while the first is in charge, however long',
    look: 'renewals: their interval, and the mark of a renewal that the other drivers observe',
    run: async (trial) => {
      const first = await inCharge(trial);
      const second = await candidate(trial);
      await trial.target.advance(2 * trial.capabilities.takeoverMs);
      assert.equal(second.term(), undefined, 'two drivers are in charge');
      assert.equal(second.refusal(), undefined, `the wait ended with ${told(second.refusal())}`);
      assert.equal(first.term()?.lost.aborted, false, 'the first driver has lost the lease');
    },
  },
  {
    number: 'LEASE-2.1',
    title: 'a driver that stands by is in charge within the stated time after the death of the first',
    look: 'the observation of a lease that does not change any more',
    run: async (trial) => {
      const kill = hook(trial.target, 'kill');
      const first = await inCharge(trial);
      const second = await standingBy(trial);
      await kill(first.lease);
      await granted(trial, second, trial.capabilities.takeoverMs);
    },
  },
  {
    number: 'LEASE-2.2',
    title: 'a hand-over lets another driver take over without the wait after a death',
    look: 'the mark of a free lease',
    run: async (trial) => {
      const first = await inCharge(trial);
      const second = await standingBy(trial);
      await first.lease.release({ handOver: true });
      await granted(trial, second, trial.capabilities.handOverMs);
    },
  },
  {
    number: 'LEASE-3.1',
    title: 'a driver is told that it stands by, and again when another driver has come in charge',
    look: 'a call for the first holder only',
    run: async (trial) => {
      const first = await inCharge(trial);
      const second = await standingBy(trial);
      const third = await standingBy(trial);
      await first.lease.release({ handOver: true });
      await passUntil(trial, () => [second, third].some((one) => one.term() !== undefined), {
        withinMs: trial.capabilities.handOverMs,
        what: 'the term of one of two drivers',
      });
      const waiting = second.term() === undefined ? second : third;
      await passUntil(trial, () => waiting.holders.length > 1, {
        withinMs: trial.capabilities.takeoverMs,
        what: 'the second call of onStandby',
      });
    },
  },
  {
    number: 'LEASE-3.2',
    title: 'onStandby is not called for a free lease and not after the end of the wait',
    look: 'a call before the first answer of the service, and a poll that outlives the wait',
    run: async (trial) => {
      const first = await inCharge(trial);
      assert.deepEqual(first.holders, [], 'onStandby was called, although the lease was free');
      const second = await standingBy(trial);
      second.stop(new Error('stopped'));
      await trial.target.advance(trial.capabilities.handOverMs);
      const calls = second.holders.length;
      await first.lease.release({ handOver: true });
      await inCharge(trial);
      await trial.target.advance(trial.capabilities.takeoverMs);
      assert.equal(second.holders.length, calls, 'onStandby was called after the end of the wait');
    },
  },
  {
    number: 'LEASE-4.1',
    title: 'an aborted wait rejects with the reason, and the driver is no candidate any more',
    look: 'a wait that goes on in the background and takes the lease',
    run: async (trial) => {
      const first = await inCharge(trial);
      const second = await standingBy(trial);
      const reason = new Error('the driver stops');
      second.stop(reason);
      await passUntil(trial, () => second.refusal() !== undefined, {
        withinMs: trial.capabilities.handOverMs,
        what: 'the end of the aborted wait',
      });
      assert.equal(second.refusal(), reason, `acquire rejected with ${told(second.refusal())}`);
      await first.lease.release({ handOver: true });
      await trial.target.advance(trial.capabilities.handOverMs);
      const third = await candidate(trial);
      await granted(trial, third, trial.capabilities.handOverMs);
    },
  },
  {
    number: 'LEASE-5.1',
    title: 'drivers of different applications do not wait for each other',
    look: 'the name under which the service keeps a lease',
    run: async (trial) => {
      await inCharge(trial, 'one');
      const other = await candidate(trial, 'two');
      await granted(trial, other, trial.capabilities.handOverMs);
      assert.deepEqual(other.holders, []);
    },
  },
  {
    number: 'LEASE-11.1',
    title: 'a stop of the application ends every driver that stands by with MR_LEASE_STOPPED',
    look: 'the mark of a stop, and drivers that read the lease after the next start',
    run: async (trial) => {
      const first = await inCharge(trial);
      const others = [await standingBy(trial), await standingBy(trial)];
      await first.lease.release({ handOver: false });
      for (const other of others) {
        await passUntil(trial, () => other.refusal() !== undefined || other.term() !== undefined, {
          withinMs: trial.capabilities.handOverMs,
          what: 'the end of the wait after a stop',
        });
        const error = other.refusal();
        assert(isMillraceError(error, 'MR_LEASE_STOPPED'), `expected MR_LEASE_STOPPED, got ${told(error)}`);
      }
    },
  },
  {
    number: 'LEASE-11.2',
    title: 'a driver that starts after a stop of the application gets the lease',
    look: 'a mark of the stop that stays',
    run: async (trial) => {
      const first = await inCharge(trial);
      await first.lease.release({ handOver: false });
      const next = await candidate(trial);
      await granted(trial, next, trial.capabilities.handOverMs);
    },
  },
  {
    number: 'LEASE-12.1',
    title: 'a release without a term does nothing, and a release may be repeated',
    look: 'a release that does not compare the holder',
    run: async (trial) => {
      const first = await inCharge(trial);
      const never = await trial.target.createLease();
      await never.release({ handOver: false });
      const second = await standingBy(trial);
      await first.lease.release({ handOver: true });
      const term = await granted(trial, second, trial.capabilities.handOverMs);
      await first.lease.release({ handOver: false });
      await trial.target.advance(2 * trial.capabilities.takeoverMs);
      assert(!term.lost.aborted && term.isCertain, 'a repeated release ended the term of the next driver');
    },
  },
  {
    number: 'LEASE-12.2',
    title: 'a release after the loss of the term leaves the next driver alone',
    look: 'a release that does not compare the term',
    run: async (trial) => {
      const cutOff = hook(trial.target, 'cutOff');
      const first = await inCharge(trial);
      const second = await standingBy(trial);
      const heal = cutOff(first.lease);
      const term = await granted(trial, second, trial.capabilities.takeoverMs);
      heal();
      await first.lease.release({ handOver: false });
      const third = await candidate(trial);
      await trial.target.advance(2 * trial.capabilities.takeoverMs);
      assert(!term.lost.aborted && term.isCertain, 'the release of a replaced driver ended the next term');
      assert.equal(third.term(), undefined, 'a third driver got the lease');
      assert.equal(third.refusal(), undefined, 'the release of a replaced driver stopped the application');
    },
  },
];

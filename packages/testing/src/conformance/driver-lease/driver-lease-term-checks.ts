// Checks of terms: their numbers, their loss, and their certainty.
import assert from 'node:assert/strict';
import { isMillraceError } from '@millrace/core';
import type { ConformanceCheck } from '../kit/conformance-check.ts';
import { applies, hook } from '../kit/not-applicable.ts';
import { told } from '../kit/rejection-of.ts';
import {
  candidate,
  granted,
  inCharge,
  passUntil,
  standingBy,
  type DriverLeaseTrial,
} from './driver-lease-trial.ts';

/** Checks of terms. */
export const LEASE_TERM_CHECKS: readonly ConformanceCheck<DriverLeaseTrial>[] = [
  {
    number: 'LEASE-6.1',
    title: 'epochs are whole numbers from 1 up that rise over hand-over, stop and death',
    look: 'a number of the driver instead of the application',
    run: async (trial) => {
      applies(trial.capabilities.countsTerms, 'the lease does not count terms');
      const { takeoverMs, handOverMs } = trial.capabilities;
      const epochs: number[] = [];
      for (const handOver of [true, false]) {
        const driver = await candidate(trial);
        epochs.push((await granted(trial, driver, handOverMs)).epoch ?? Number.NaN);
        await driver.lease.release({ handOver });
      }
      const last = await inCharge(trial);
      epochs.push(last.term()?.epoch ?? Number.NaN);
      if (trial.target.kill !== undefined) {
        await trial.target.kill(last.lease);
        const next = await candidate(trial);
        epochs.push((await granted(trial, next, takeoverMs)).epoch ?? Number.NaN);
      }
      assert(
        epochs.every((epoch, at) => Number.isSafeInteger(epoch) && epoch > (epochs[at - 1] ?? 0)),
        `the epochs of successive terms are ${epochs.join(', ')}`,
      );
    },
  },
  {
    number: 'LEASE-7.1',
    title: 'a driver that was replaced loses its term with MR_LEASE_LOST',
    look: 'a renewal that takes the lease back, and a refusal that counts as unanswered',
    run: async (trial) => {
      const cutOff = hook(trial.target, 'cutOff');
      const { takeoverMs } = trial.capabilities;
      const first = await inCharge(trial);
      const second = await standingBy(trial);
      const heal = cutOff(first.lease);
      const next = await granted(trial, second, takeoverMs);
      heal();
      const lost = first.term()?.lost;
      await passUntil(trial, () => lost?.aborted === true, {
        withinMs: takeoverMs,
        what: 'the loss of the first term',
      });
      const reason: unknown = lost?.reason;
      assert(isMillraceError(reason, 'MR_LEASE_LOST'), `expected MR_LEASE_LOST, got ${told(reason)}`);
      assert.equal(reason.disposition, 'stop-engine');
      assert(first.term()?.isCertain === false, 'a lost term is certain');
      assert(!next.lost.aborted, 'the next driver has lost the lease as well');
    },
  },
  {
    number: 'LEASE-7.2',
    title: 'a driver whose renewals are unanswered loses its term after the stated time',
    look: 'renewals that are repeated for ever',
    run: async (trial) => {
      const cutOff = hook(trial.target, 'cutOff');
      const { lostMs = 0 } = trial.capabilities;
      applies(lostMs > 0, 'only another driver ends a term');
      const first = await inCharge(trial);
      cutOff(first.lease);
      const lost = first.term()?.lost;
      await passUntil(trial, () => lost?.aborted === true, {
        withinMs: lostMs,
        what: 'the loss of the term',
      });
      const reason: unknown = lost?.reason;
      assert(isMillraceError(reason, 'MR_LEASE_LOST'), `expected MR_LEASE_LOST, got ${told(reason)}`);
    },
  },
  {
    number: 'LEASE-7.3',
    title: 'a release is no loss',
    look: 'a renewal that is still under way when the lease is released',
    run: async (trial) => {
      const first = await inCharge(trial);
      await first.lease.release({ handOver: true });
      const second = await candidate(trial);
      await granted(trial, second, trial.capabilities.handOverMs);
      await trial.target.advance(trial.capabilities.takeoverMs);
      assert.equal(first.term()?.lost.aborted, false, 'the released term counts as lost');
      assert.equal(first.term()?.isCertain, false, 'a released term is certain');
    },
  },
  {
    number: 'LEASE-8.1',
    title: 'a term is certain when it begins, and uncertain before another driver is in charge',
    look: 'the age of the newest accepted renewal: counted from sending, and shorter than the wait of others',
    run: async (trial) => {
      const cutOff = hook(trial.target, 'cutOff');
      const first = await inCharge(trial);
      const term = first.term();
      assert(term?.isCertain === true, 'a new term is not certain');
      const second = await standingBy(trial);
      let wasCertain = true;
      cutOff(first.lease);
      await passUntil(
        trial,
        () => {
          if (second.term() !== undefined) return true;
          wasCertain = term.isCertain;
          return false;
        },
        { withinMs: trial.capabilities.takeoverMs, what: 'the term of the second driver' },
      );
      assert(!wasCertain, 'the first driver was certain until the second was in charge');
    },
  },
  {
    number: 'LEASE-8.2',
    title: 'the first reading after a pause of the process is uncertain',
    look: 'a timer that sets the value: no timer runs during a pause',
    run: async (trial) => {
      const pause = hook(trial.target, 'pause');
      const first = await inCharge(trial);
      pause(first.lease);
      await trial.target.advance(trial.capabilities.uncertainMs);
      assert.equal(first.term()?.isCertain, false, 'the term is certain after a pause');
    },
  },
  {
    number: 'LEASE-9.1',
    title: 'certainty comes back with an answered renewal, and each change is told once',
    look: 'listeners that are called at every renewal, and removed listeners',
    run: async (trial) => {
      const cutOff = hook(trial.target, 'cutOff');
      const { uncertainMs, takeoverMs } = trial.capabilities;
      const first = await inCharge(trial);
      const heard: boolean[] = [];
      const heardToo: boolean[] = [];
      const term = first.term();
      term?.onCertainty((isCertain) => void heard.push(isCertain));
      const remove = term?.onCertainty((isCertain) => void heardToo.push(isCertain));
      const heal = cutOff(first.lease);
      await passUntil(trial, () => heard.length > 0, {
        withinMs: uncertainMs,
        what: 'the call of the listener without a reading',
      });
      remove?.();
      heal();
      await passUntil(trial, () => term?.isCertain === true, {
        withinMs: takeoverMs,
        what: 'certainty after an answered renewal',
      });
      await trial.target.advance(takeoverMs);
      assert.deepEqual(heard, [false, true], 'a listener heard other changes');
      assert.deepEqual(heardToo, [false], 'a removed listener was called');
    },
  },
  {
    number: 'LEASE-10.1',
    title: 'a term survives unanswered renewals while no driver can reach the service',
    look: 'a renewal that counts as refused because no answer came, and waits that count unobserved time',
    run: async (trial) => {
      const cutOff = hook(trial.target, 'cutOff');
      const { uncertainMs, takeoverMs, lostMs = Number.POSITIVE_INFINITY } = trial.capabilities;
      applies(lostMs > 2 * takeoverMs, 'a term without renewals ends before other drivers take over');
      const first = await inCharge(trial);
      const second = await standingBy(trial);
      const heals = [cutOff(second.lease), cutOff(first.lease)];
      await trial.target.advance(uncertainMs + takeoverMs);
      assert.equal(first.term()?.lost.aborted, false, 'unanswered renewals ended the term');
      assert.equal(second.term(), undefined, 'the second driver took over without an observation');
      for (const heal of heals) heal();
      await passUntil(trial, () => first.term()?.isCertain === true, {
        withinMs: takeoverMs,
        what: 'certainty after the outage',
      });
      assert.equal(second.term(), undefined, 'the second driver took over after the outage');
    },
  },
];

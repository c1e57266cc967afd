// Checks of a clock, in the order of the rules.
import assert from 'node:assert/strict';
import type { ConformanceCheck } from '../kit/conformance-check.ts';
import { hook } from '../kit/not-applicable.ts';
import { rejectionOf } from '../kit/rejection-of.ts';
import type { ClockTrial } from './clock-target.ts';

const LATE_STEP_MS = 25;

/** Checks of a clock. */
export const CLOCK_CHECKS: readonly ConformanceCheck<ClockTrial>[] = [
  {
    number: 'CLOCK-1.1',
    title: 'now returns whole milliseconds and advances with time',
    look: 'a fraction that is not cut off',
    run: async ({ target, capabilities }) => {
      const { clock } = target;
      const before = clock.now();
      assert(Number.isSafeInteger(before), `now is ${before}`);
      await target.pass(20);
      const passedMs = clock.now() - before;
      assert(Number.isSafeInteger(passedMs), 'now is not a whole number');
      assert(
        passedMs >= 20 && passedMs <= 20 + capabilities.lateMsMax,
        `20 ms passed, and now moved by ${passedMs}`,
      );
    },
  },
  {
    number: 'CLOCK-3.1',
    title: 'monotonicMs advances with time and never goes back, even when wall time is set',
    look: 'a monotonic time derived from wall time',
    run: async ({ target }) => {
      const { clock } = target;
      let last = clock.monotonicMs();
      const look = (): void => {
        const next = clock.monotonicMs();
        assert(next >= last, `went from ${last} to ${next}`);
        last = next;
      };
      const before = last;
      await target.pass(10);
      look();
      assert(last - before >= 9, `10 ms passed, and monotonicMs moved by ${last - before}`);
      await target.setWallTime?.(clock.now() - 3_600_000);
      look();
      await target.setWallTime?.(clock.now() + 7_200_000);
      look();
    },
  },
  {
    number: 'CLOCK-4.1',
    title: 'a scheduled call happens once, not before its time, and soon afterwards',
    look: "rounding of delays, and delays beyond the maximum of the host's timers",
    run: async (trial) => {
      const { clock } = trial.target;
      const at = clock.now() + 15;
      const calls: number[] = [];
      clock.schedule(at, () => calls.push(clock.now()));
      clock.schedule(clock.now() + 2 ** 40, () => calls.push(-1)).cancel();
      await passUntil(trial, 30, () => calls.length > 0);
      assert.equal(calls.length, 1, `made ${calls.length} times`);
      const [when = 0] = calls;
      assert(when >= at, `called ${at - when} ms early`);
      assert(when <= at + trial.capabilities.lateMsMax, `called ${when - at} ms late`);
    },
  },
  {
    number: 'CLOCK-4.2',
    title: 'a call scheduled decades ahead neither happens now nor is an error',
    look: "the host's timers accept at most 2^31 ms and fire at once beyond",
    run: async ({ target }) => {
      const { clock } = target;
      let calls = 0;
      const timer = clock.schedule(clock.now() + 2 ** 40, () => {
        calls += 1;
      });
      await target.pass(20);
      timer.cancel();
      assert.equal(calls, 0);
    },
  },
  {
    number: 'CLOCK-4.3',
    title:
      'a scheduled call follows wall clock changes: a step back delays the call, a step forward past its instant makes the call',
    look: 'an instant converted into a delay at the time of scheduling',
    run: async (trial) => {
      const { target, capabilities } = trial;
      const setWallTime = hook(target, 'setWallTime');
      const { clock } = target;
      const calls: string[] = [];
      const back = clock.schedule(clock.now() + 15, () => calls.push('back'));
      await setWallTime(clock.now() - 3_600_000);
      await target.pass(30);
      assert.equal(calls.length, 0, 'called an hour before its instant');
      back.cancel();
      clock.schedule(clock.now() + 3_600_000, () => calls.push('forward'));
      await setWallTime(clock.now() + 3_600_000);
      // A clock in real time checks wall time once a second.
      await passUntil(trial, capabilities.lateMsMax > 0 ? 1_005 : 5, () => calls.length > 0);
      assert.deepEqual(calls, ['forward']);
    },
  },
  {
    number: 'CLOCK-5.1',
    title: 'a call with an instant in the past happens in a later turn, not inside schedule',
    look: 'a time comparison before the timer is returned',
    run: async ({ target }) => {
      const { clock } = target;
      const order: string[] = [];
      clock.schedule(clock.now() - 1_000, () => order.push('late'));
      clock.schedule(clock.now(), () => order.push('due'));
      order.push('returned');
      await target.pass(5);
      assert.equal(order[0], 'returned', 'called from inside schedule');
      assert.equal(order.length, 3);
    },
  },
  {
    number: 'CLOCK-5.2',
    title: 'a call with a delay of zero or less happens in a later turn, not inside after',
    look: 'a delay of 0 served at once',
    run: async ({ target }) => {
      const { clock } = target;
      const order: string[] = [];
      clock.after(0, () => order.push('none'));
      clock.after(-1_000, () => order.push('less'));
      order.push('returned');
      await target.pass(5);
      assert.equal(order[0], 'returned', 'called from inside after');
      assert.equal(order.length, 3);
    },
  },
  {
    number: 'CLOCK-6.1',
    title: 'calls due at the same instant happen in the order of scheduling',
    look: 'a heap that does not keep the order of equal elements',
    run: async (trial) => {
      const { clock } = trial.target;
      const at = clock.now() + 10;
      const order: number[] = [];
      const timers = Array.from({ length: 50 }, (_, i) => clock.schedule(at, () => order.push(i)));
      timers[10]?.cancel();
      await passUntil(trial, 20, () => order.length > 0);
      const expected = Array.from({ length: 50 }, (_, i) => i).filter((i) => i !== 10);
      assert.deepEqual(order, expected);
    },
  },
  {
    number: 'CLOCK-6.2',
    title: 'calls of after with equal delays happen in the order of scheduling',
    look: 'a heap that does not keep the order of equal elements',
    run: async (trial) => {
      const { clock } = trial.target;
      const order: number[] = [];
      for (let i = 0; i < 50; i += 1) clock.after(10, () => order.push(i));
      await passUntil(trial, 20, () => order.length > 0);
      assert.deepEqual(
        order,
        Array.from({ length: 50 }, (_, i) => i),
      );
    },
  },
  {
    number: 'CLOCK-7.1',
    title: 'a cancelled call does not happen, and a second cancel has no effect',
    look: 'a cancel that also removes another timer',
    run: async (trial) => {
      const { target } = trial;
      const { clock } = target;
      const calls: string[] = [];
      const off = clock.schedule(clock.now() + 10, () => calls.push('off'));
      const made = clock.schedule(clock.now() + 5, () => calls.push('made'));
      off.cancel();
      off.cancel();
      clock.schedule(clock.now() + 10, () => calls.push('other'));
      await passUntil(trial, 20, () => calls.includes('other'));
      made.cancel();
      off.cancel();
      await target.pass(5);
      assert.deepEqual(calls, ['made', 'other']);
    },
  },
  {
    number: 'CLOCK-7.2',
    title: 'a cancelled call of after does not happen, and the other calls do',
    look: 'a cancel that searches the wrong queue',
    run: async (trial) => {
      const { clock } = trial.target;
      const calls: string[] = [];
      const off = clock.after(10, () => calls.push('off'));
      clock.after(10, () => calls.push('made'));
      off.cancel();
      off.cancel();
      await passUntil(trial, 20, () => calls.includes('made'));
      off.cancel();
      assert.deepEqual(calls, ['made']);
    },
  },
  {
    number: 'CLOCK-8.1',
    title: 'an error of a callback is not caught',
    look: 'a try around the callback: the error would stay hidden forever',
    run: async ({ target }) => {
      const passExpectingError = hook(target, 'passExpectingError');
      const thrown = new Error('of the callback');
      target.clock.schedule(target.clock.now() + 5, () => {
        throw thrown;
      });
      assert.equal(await passExpectingError(10), thrown, 'the error was swallowed');
    },
  },
  {
    number: 'CLOCK-8.2',
    title: 'an error of a callback of after is not caught',
    look: 'a try around the callback: the error would stay hidden forever',
    run: async ({ target }) => {
      const passExpectingError = hook(target, 'passExpectingError');
      const thrown = new Error('of the callback');
      target.clock.after(5, () => {
        throw thrown;
      });
      assert.equal(await passExpectingError(10), thrown, 'the error was swallowed');
    },
  },
  {
    number: 'CLOCK-9.1',
    title: 'sleepUntil resolves at its instant, and in a later turn when the instant has passed',
    look: 'a resolution before the instant, or in the same turn',
    run: async (trial) => {
      const { target } = trial;
      const { clock } = target;
      const order: string[] = [];
      const past = clock.sleepUntil(clock.now() - 5).then(() => order.push('past'));
      order.push('returned');
      await target.pass(5);
      await past;
      const at = clock.now() + 15;
      let wokeMs = 0;
      const sleeping = clock.sleepUntil(at).then(() => {
        wokeMs = clock.now();
      });
      await passUntil(trial, 20, () => wokeMs > 0);
      await sleeping;
      assert.deepEqual(order, ['returned', 'past']);
      assert(wokeMs >= at, `woke ${at - wokeMs} ms early`);
    },
  },
  {
    number: 'CLOCK-10.1',
    title: 'sleepUntil rejects with the signal’s reason, also when aborted beforehand',
    look: 'the abort listener, and the removal of the listener',
    run: async ({ target }) => {
      const { clock } = target;
      const abort = new AbortController();
      const reason = new Error('enough');
      const sleeping = rejectionOf(clock.sleepUntil(clock.now() + 3_600_000, abort.signal));
      await target.pass(2);
      abort.abort(reason);
      assert.equal(await sleeping, reason);
      assert.equal(await rejectionOf(clock.sleepUntil(clock.now() + 3_600_000, abort.signal)), reason);
    },
  },
  {
    number: 'CLOCK-14.1',
    title: 'a call of after happens once, after its delay, and soon afterwards',
    look: "rounding of delays, and delays beyond the maximum of the host's timers",
    run: async (trial) => {
      const { clock } = trial.target;
      const begunMs = clock.monotonicMs();
      const calls: number[] = [];
      clock.after(15, () => calls.push(clock.monotonicMs() - begunMs));
      const far = clock.after(2 ** 40, () => calls.push(-1));
      await passUntil(trial, 30, () => calls.length > 0);
      far.cancel();
      assert.equal(calls.length, 1, `made ${calls.length} times`);
      const [tookMs = 0] = calls;
      assert(tookMs >= 15, `called ${15 - tookMs} ms early`);
      assert(tookMs <= 15 + trial.capabilities.lateMsMax, `called ${tookMs - 15} ms late`);
    },
  },
  {
    number: 'CLOCK-15.1',
    title: 'setting the wall clock back or forward changes no delay',
    look: 'a delay that is added to wall time',
    run: async (trial) => {
      const { target } = trial;
      const setWallTime = hook(target, 'setWallTime');
      const { clock } = target;
      for (const stepMs of [-3_600_000, 7_200_000]) {
        const begunMs = clock.monotonicMs();
        const calls: number[] = [];
        clock.after(40, () => calls.push(clock.monotonicMs() - begunMs));
        void clock.sleepFor(40).then(() => calls.push(clock.monotonicMs() - begunMs));
        await setWallTime(clock.now() + stepMs);
        await passUntil(trial, 50, () => calls.length === 2);
        assert.equal(calls.length, 2, `${calls.length} of 2 calls happened after a step of ${stepMs} ms`);
        // bounded: the calls of one check
        const soonestMs = Math.min(...calls);
        assert(soonestMs >= 40, `40 ms became ${soonestMs} after a step of ${stepMs} ms`);
      }
    },
  },
  {
    number: 'CLOCK-16.1',
    title: 'sleepFor resolves after its delay, and in a later turn when the delay is zero',
    look: 'a resolution before the delay has passed, or in the same turn',
    run: async (trial) => {
      const { target } = trial;
      const { clock } = target;
      const order: string[] = [];
      const none = clock.sleepFor(0).then(() => order.push('none'));
      order.push('returned');
      await target.pass(5);
      await none;
      const begunMs = clock.monotonicMs();
      let tookMs = 0;
      const sleeping = clock.sleepFor(15).then(() => {
        tookMs = clock.monotonicMs() - begunMs;
      });
      await passUntil(trial, 20, () => tookMs > 0);
      await sleeping;
      assert.deepEqual(order, ['returned', 'none']);
      assert(tookMs >= 15, `woke ${15 - tookMs} ms early`);
    },
  },
  {
    number: 'CLOCK-16.2',
    title: 'sleepFor rejects with the signal’s reason, also when aborted beforehand',
    look: 'the abort listener, and the removal of the listener',
    run: async ({ target }) => {
      const { clock } = target;
      const abort = new AbortController();
      const reason = new Error('enough');
      const sleeping = rejectionOf(clock.sleepFor(3_600_000, abort.signal));
      await target.pass(2);
      abort.abort(reason);
      assert.equal(await sleeping, reason);
      assert.equal(await rejectionOf(clock.sleepFor(3_600_000, abort.signal)), reason);
    },
  },
];

/** Lets time pass; with a clock that may be late, further time until the condition holds. */
async function passUntil(
  { target, capabilities }: ClockTrial,
  ms: number,
  holds: () => boolean,
): Promise<void> {
  await target.pass(ms);
  for (let lateMs = 0; lateMs < capabilities.lateMsMax && !holds(); lateMs += LATE_STEP_MS)
    await target.pass(LATE_STEP_MS);
}

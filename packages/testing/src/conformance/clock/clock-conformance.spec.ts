import { type Clock, ManualClock } from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { numbersOf, outcomeOf, problemsOf } from '../../../test/assert-kit.ts';
import { CLOCK_KIT } from './clock-conformance.ts';
import type { ClockSubject } from './clock-target.ts';
import { manualClockTarget } from '../../../test/manual-clock-target.ts';

type Changes = (right: ManualClock) => Partial<Clock>;

/** The defects: methods that replace methods of a correct clock. */
const BUGS: Readonly<Record<string, readonly [is: string, Changes]>> = {
  'CLOCK-1.1': ['has fractions', (right) => ({ now: () => right.now() + 0.5 })],
  'CLOCK-3.1': ['has one time', (right) => ({ monotonicMs: () => right.now() })],
  'CLOCK-4.1': ['calls early', (right) => ({ schedule: (at, call) => right.schedule(at - 5, call) })],
  'CLOCK-4.2': [
    'calls distant timers at once',
    (right) => ({ schedule: (at, call) => right.schedule(at - right.now() > 2 ** 31 ? 0 : at, call) }),
  ],
  'CLOCK-4.3': [
    'counts the length to an instant',
    (right) => ({ schedule: (at, call) => right.after(at - right.now(), call) }),
  ],
  'CLOCK-5.1': [
    'calls inside schedule',
    (right) => ({
      schedule: (at, call) => {
        if (at > right.now()) return right.schedule(at, call);
        call();
        return { cancel: () => undefined };
      },
    }),
  ],
  'CLOCK-5.2': [
    'calls inside after',
    (right) => ({
      after: (delay, call) => {
        if (delay > 0) return right.after(delay, call);
        call();
        return { cancel: () => undefined };
      },
    }),
  ],
  'CLOCK-6.1': [
    'forgets the order',
    (right) => {
      let calls = 0;
      return { schedule: (at, call) => right.schedule(at + ((calls += 7) % 5) / 10, call) };
    },
  ],
  'CLOCK-6.2': [
    'forgets the order of lengths',
    (right) => {
      let calls = 0;
      return { after: (delay, call) => right.after(delay + ((calls += 7) % 5) / 10, call) };
    },
  ],
  'CLOCK-7.1': [
    'calls cancelled timers',
    (right) => ({ schedule: (at, call) => (right.schedule(at, call), { cancel: () => undefined }) }),
  ],
  'CLOCK-7.2': [
    'calls cancelled timers of after',
    (right) => ({ after: (delay, call) => (right.after(delay, call), { cancel: () => undefined }) }),
  ],
  'CLOCK-8.1': [
    'swallows errors',
    (right) => ({
      schedule: (at, call) =>
        right.schedule(at, () => {
          try {
            call();
          } catch {
            // The defect.
          }
        }),
    }),
  ],
  'CLOCK-8.2': [
    'swallows errors of calls of after',
    (right) => ({
      after: (delay, call) =>
        right.after(delay, () => {
          try {
            call();
          } catch {
            // The defect.
          }
        }),
    }),
  ],
  'CLOCK-9.1': [
    'wakes early',
    (right) => ({ sleepUntil: (at, signal) => right.sleepUntil(at - 10, signal) }),
  ],
  'CLOCK-10.1': ['ignores the signal', () => ({ sleepUntil: () => Promise.reject(new Error('late')) })],
  'CLOCK-14.1': ['calls after less', (right) => ({ after: (delay, call) => right.after(delay - 5, call) })],
  'CLOCK-15.1': [
    'adds lengths to wall time',
    (right) => ({ after: (delay, call) => right.schedule(right.now() + delay, call) }),
  ],
  'CLOCK-16.1': [
    'wakes after less',
    (right) => ({ sleepFor: (delay, signal) => right.sleepFor(delay - 10, signal) }),
  ],
  'CLOCK-16.2': [
    'ignores the signal of a length',
    () => ({ sleepFor: () => Promise.reject(new Error('late')) }),
  ],
};

function subjectWith(changes: Changes = () => ({})): ClockSubject {
  return {
    capabilities: { lateMsMax: 0 },
    create: () => {
      const right = new ManualClock(1_000_000);
      const clock: Clock = {
        now: () => right.now(),
        monotonicMs: () => right.monotonicMs(),
        schedule: (at, call) => right.schedule(at, call),
        after: (delay, call) => right.after(delay, call),
        sleepUntil: (at, signal) => right.sleepUntil(at, signal),
        sleepFor: (delay, signal) => right.sleepFor(delay, signal),
        ...changes(right),
      };
      return { ...manualClockTarget(right), clock };
    },
  };
}

describe('the kit of clocks', () => {
  it('passes a correct clock', async () => {
    expect(await problemsOf(CLOCK_KIT, subjectWith())).toEqual([]);
  });

  it('has a broken clock for every check', () => {
    expect(Object.keys(BUGS).toSorted()).toEqual(numbersOf(CLOCK_KIT));
  });

  it.each(Object.entries(BUGS).map(([number, [is, changes]]) => [number, is, changes] as const))(
    '%s fails a clock that %s',
    async (number, _, changes) => {
      expect(await outcomeOf(CLOCK_KIT, number, subjectWith(changes))).toBe(`failed ${number}`);
    },
  );
});

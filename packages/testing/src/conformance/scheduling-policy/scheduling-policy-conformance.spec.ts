import type { SchedulingPolicy } from '@millrace/core';
import { LoadBalancedSchedulingPolicy } from '@millrace/core/engine';
import { describe, expect, it } from 'vitest';
import { numbersOf, outcomeOf, problemsOf } from '../../../test/assert-kit.ts';
import { SCHEDULING_POLICY_KIT, type SchedulingPolicySubject } from './scheduling-policy-conformance.ts';

const right = new LoadBalancedSchedulingPolicy();

/** The defects: methods that replace methods of a correct policy. */
const BUGS: Readonly<Record<string, readonly [is: string, () => Partial<SchedulingPolicy>]>> = {
  'POLICY-1.1': [
    'goes on from call to call',
    () => {
      let calls = 0;
      return {
        rescheduleReceiver: (_receiver, _placements, alive) => {
          calls += 1;
          return alive.slice(calls % alive.length).map(({ host, executorId }) => ({ host, executorId }));
        },
      };
    },
  ],
  'POLICY-2.1': [
    'looks at everything for everybody',
    () => ({
      scheduleReceivers: (receivers, alive) => {
        for (const _ of receivers) for (const __ of alive) JSON.stringify(alive.slice(0, 2));
        return right.scheduleReceivers(receivers, alive);
      },
    }),
  ],
  'POLICY-3.1': [
    'leaves out the last',
    () => ({ scheduleReceivers: (receivers, alive) => right.scheduleReceivers(receivers.slice(1), alive) }),
  ],
  'POLICY-4.1': [
    'sends receivers nowhere',
    () => ({
      scheduleReceivers: (receivers) => new Map(receivers.map(({ streamId }) => [streamId, [{ host: 'a' }]])),
    }),
  ],
  'POLICY-5.1': [
    'believes every wish',
    () => ({
      rescheduleReceiver: (receiver, placements, alive) =>
        receiver.preferredHost === undefined
          ? right.rescheduleReceiver(receiver, placements, alive)
          : [{ host: receiver.preferredHost }],
    }),
  ],
  'POLICY-6.1': ['sends all to the first', () => ({ scheduleReceivers: toFirst })],
  'POLICY-6.2': [
    'sends the lost to the first',
    () => ({ rescheduleReceiver: (_r, _p, [first]) => (first ? [first] : []) }),
  ],
  'POLICY-8.1': [
    'names a location twice',
    () => ({
      rescheduleReceiver: (receiver, placements, alive) => {
        const locations = right.rescheduleReceiver(receiver, placements, alive);
        return [...locations, ...locations];
      },
    }),
  ],
  'POLICY-10.1': [
    'needs to know the receiver',
    () => ({
      rescheduleReceiver: (receiver, placements, alive) =>
        placements.some(({ streamId }) => streamId === receiver.streamId)
          ? right.rescheduleReceiver(receiver, placements, alive)
          : [],
    }),
  ],
  'POLICY-11.1': ['ignores wishes', () => ({ scheduleReceivers: toFirst })],
  'POLICY-11.2': ['has no name', () => ({ name: '' })],
};

const toFirst: SchedulingPolicy['scheduleReceivers'] = (receivers, [first]) =>
  new Map(receivers.map(({ streamId }) => [streamId, first === undefined ? [] : [first]]));

function subjectWith(changes: Partial<SchedulingPolicy> = {}): SchedulingPolicySubject {
  const policy: SchedulingPolicy = {
    name: right.name,
    scheduleReceivers: (...snapshot) => right.scheduleReceivers(...snapshot),
    rescheduleReceiver: (...snapshot) => right.rescheduleReceiver(...snapshot),
    ...changes,
  };
  return { capabilities: { honoursWishes: true }, create: () => ({ policy }) };
}

describe('the kit of scheduling policies', () => {
  it('passes a correct policy', async () => {
    expect(await problemsOf(SCHEDULING_POLICY_KIT, subjectWith())).toEqual([]);
  });

  it('has a broken policy for every check', () => {
    expect(Object.keys(BUGS).toSorted()).toEqual(numbersOf(SCHEDULING_POLICY_KIT));
  });

  it.each(Object.entries(BUGS).map(([number, [is, changes]]) => [number, is, changes] as const))(
    '%s fails a policy that %s',
    async (number, _, changes) => {
      expect(await outcomeOf(SCHEDULING_POLICY_KIT, number, subjectWith(changes()))).toBe(`failed ${number}`);
    },
  );
});

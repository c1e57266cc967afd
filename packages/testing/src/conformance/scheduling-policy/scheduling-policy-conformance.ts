// The kit of the `SchedulingPolicy` port. A policy is a function, so each check is a snapshot and the required answer.
import assert from 'node:assert/strict';
import type {
  ExecutorDescription,
  ReceiverDescription,
  ReceiverPlacement,
  SchedulingPolicy,
  TaskLocation,
} from '@millrace/core';
import type { ConformanceCheck } from '../kit/conformance-check.ts';
import type { ConformanceKit } from '../kit/conformance-kit.ts';
import { defineConformance, type TestFunctions } from '../kit/define-conformance.ts';
import { applies } from '../kit/not-applicable.ts';
import { type TargetSubject, type TargetTrial, withTarget } from '../kit/with-target.ts';

/** A policy for one check. */
export interface SchedulingPolicyTarget {
  readonly policy: SchedulingPolicy;
  dispose?(): void;
}

/** The claims of a policy. */
export interface SchedulingPolicyCapabilities {
  /** True when a receiver with a preferred host comes first to an executor on this host, if one exists. */
  readonly honoursWishes: boolean;
}

/** The subject of the kit. */
export type SchedulingPolicySubject = TargetSubject<SchedulingPolicyTarget, SchedulingPolicyCapabilities>;
/** The input of each check. */
export type SchedulingPolicyTrial = TargetTrial<SchedulingPolicyTarget, SchedulingPolicyCapabilities>;

const SIZES = [
  [1, 1],
  [3, 1],
  [1, 4],
  [5, 4],
  [12, 4],
  [40, 7],
] as const;
/**
 * The bound of the rule, in ms; the check allows ten times this bound, since machines differ and run other work
 * meanwhile.
 */
const LARGE_MS = 1_000;

const CHECKS: readonly ConformanceCheck<SchedulingPolicyTrial>[] = [
  {
    number: 'POLICY-1.1',
    title: 'the same snapshot gives the same answer and is not changed',
    look: 'counters that continue across calls, and lists sorted in place',
    run: async ({ target: { policy } }) => {
      const snapshot = frozenSnapshot(9, 4);
      const first = place(policy, snapshot);
      policy.scheduleReceivers(receivers(3), executors(2));
      const second = place(policy, snapshot);
      assert.deepEqual(second, first, 'a second call with the same snapshot gave another answer');
    },
  },
  {
    number: 'POLICY-2.1',
    title: 'both methods answer at once for 10,000 receivers and 1,000 executors',
    level: 'optional',
    look: 'a nested search over all executors for each receiver',
    run: async ({ target: { policy } }) => {
      const [many, machines] = [receivers(10_000, true), executors(1_000)];
      const before = process.cpuUsage();
      const places = policy.scheduleReceivers(many, machines);
      policy.rescheduleReceiver(receiverAt(5), placementsOf(places, machines), machines);
      // Time of processors: on a busy machine the calls wait for theirs.
      const { user, system } = process.cpuUsage(before);
      const tookMs = Math.round((user + system) / 1_000);
      assert(tookMs < LARGE_MS, `the calls took ${tookMs} ms`);
    },
  },
  {
    number: 'POLICY-3.1',
    title: 'every receiver has an entry, and no other entries exist',
    look: 'receivers left over when executors are fewer',
    run: async ({ target: { policy } }) => {
      for (const [count, machines] of SIZES) {
        const ids = receivers(count, true).map(({ streamId }) => streamId);
        const places = policy.scheduleReceivers(receivers(count, true), executors(machines));
        assert.deepEqual([...places.keys()].toSorted(byNumber), ids);
      }
    },
  },
  {
    number: 'POLICY-4.1',
    title: 'without executors every entry is empty',
    look: 'a division by the number of executors, a preferred host honoured without executors',
    run: async ({ target: { policy } }) => {
      const places = policy.scheduleReceivers(receivers(5, true), []);
      assert.deepEqual(
        [...places.entries()],
        [0, 1, 2, 3, 4].map((id) => [id, []]),
      );
      assert.deepEqual(policy.rescheduleReceiver(receiverAt(0), placementsOf(places, []), []), []);
    },
  },
  {
    number: 'POLICY-5.1',
    title: 'with one live executor every receiver gets an existing location',
    promises: ['SCH-1'],
    look: 'a preferred host without an executor',
    run: async ({ target: { policy } }) => {
      for (const [count, machines] of SIZES) {
        const alive = executors(machines);
        const wishing = [...receivers(count, true), { streamId: count, preferredHost: 'nowhere' }];
        const places = policy.scheduleReceivers(wishing, alive);
        for (const [id, locations] of places) assertUsable(locations, alive, id);
        for (const receiver of wishing) {
          const locations = policy.rescheduleReceiver(receiver, placementsOf(places, alive), alive);
          assertUsable(locations, alive, receiver.streamId);
        }
      }
    },
  },
  {
    number: 'POLICY-6.1',
    title: 'without preferred hosts, loads differ by at most one',
    promises: ['SCH-1'],
    look: 'ties always broken in favour of the same executor',
    run: async ({ target: { policy } }) => {
      for (const [count, machines] of SIZES) {
        const alive = executors(machines);
        const loads = loadsOf(policy.scheduleReceivers(receivers(count), alive), alive);
        // bounded: a few executors
        const difference = Math.max(...loads) - Math.min(...loads);
        assert(difference <= 1, `${count} receivers on ${machines} executors: ${loads.join(', ')}`);
      }
    },
  },
  {
    number: 'POLICY-6.2',
    title: 'a receiver of a lost executor goes to the executor with the least load',
    promises: ['SCH-1'],
    level: 'optional',
    look: 'receivers that are scheduled and not yet running count as load',
    run: async ({ target: { policy } }) => {
      const alive = executors(4);
      const busy = alive.slice(0, 3).map((executor, streamId) => running(streamId, executor));
      const [first] = policy.rescheduleReceiver(receiverAt(9), busy, alive);
      assert(first !== undefined);
      assert(matches(first, executorAt(3)), `went to ${JSON.stringify(first)} while executor-3 is idle`);
    },
  },
  {
    number: 'POLICY-8.1',
    title: 'no location is given twice to one receiver',
    look: 'candidates gathered from several sources',
    run: async ({ target: { policy } }) => {
      const snapshot = frozenSnapshot(8, 5);
      for (const locations of Object.values(place(policy, snapshot)))
        assert.equal(
          new Set(locations).size,
          locations.length,
          `duplicate location: ${locations.join(', ')}`,
        );
    },
  },
  {
    number: 'POLICY-10.1',
    title: 'rescheduling works with and without the receiver in the placements',
    look: 'the receiver’s entry, which stays after the failure',
    run: async ({ target: { policy } }) => {
      const alive = executors(3);
      const own = running(0, executorAt(0));
      const lost = running(0, { executorId: 'gone', host: 'gone', cores: 1 });
      const others = [running(1, executorAt(1))];
      for (const placements of [others, [own, ...others], [lost, ...others], []])
        assertUsable(policy.rescheduleReceiver(receiverAt(0), placements, alive), alive, 0);
    },
  },
  {
    number: 'POLICY-11.1',
    title: 'a receiver with a preferred host comes first to an executor there',
    look: 'preferredHost, in both methods',
    run: async ({ target: { policy }, capabilities }) => {
      applies(capabilities.honoursWishes, 'the policy claims to ignore preferred hosts');
      const alive = executors(4);
      for (const { host } of alive) {
        const receiver = { streamId: 0, preferredHost: host };
        const placed = policy.scheduleReceivers([receiver], alive).get(0)?.[0];
        const replaced = policy.rescheduleReceiver(receiver, [], alive)[0];
        assert.deepEqual([placed?.host, replaced?.host], [host, host]);
      }
    },
  },
  {
    number: 'POLICY-11.2',
    title: 'a policy has a name',
    look: 'the name printed by logs and describe',
    run: async ({ target: { policy } }) => assert(policy.name.length > 0, 'the name is empty'),
  },
];

/** The checks of `docs/spec/scheduling-policy.md`. */
export const SCHEDULING_POLICY_KIT: ConformanceKit<SchedulingPolicySubject, SchedulingPolicyTrial> = {
  port: 'SchedulingPolicy',
  version: 1,
  spec: 'docs/spec/scheduling-policy.md',
  checks: CHECKS,
  notCheckable: [
    { rule: 'POLICY-7', why: 'permits something' },
    { rule: 'POLICY-9', why: 'the answer concerns one receiver only and can move no other' },
    { rule: 'POLICY-12', why: 'binds the caller' },
    { rule: 'POLICY-13', why: 'binds the caller' },
  ],
  withTrial: withTarget,
};

/** Defines the conformance tests of a scheduling policy. */
export function schedulingPolicyConformance(test: TestFunctions, subject: SchedulingPolicySubject): void {
  defineConformance(test, SCHEDULING_POLICY_KIT, subject);
}

interface Snapshot {
  readonly receivers: readonly ReceiverDescription[];
  readonly executors: readonly ExecutorDescription[];
}

function receiverAt(streamId: number): ReceiverDescription {
  return { streamId };
}

/** With wishes, every third receiver has a preferred host. */
function receivers(count: number, withWishes = false): readonly ReceiverDescription[] {
  return Array.from({ length: count }, (_, streamId) =>
    withWishes && streamId % 3 === 0 ? { streamId, preferredHost: `host-${streamId % 4}` } : { streamId },
  );
}

function executorAt(index: number): ExecutorDescription {
  return { executorId: `executor-${index}`, host: `host-${index}`, cores: 2 };
}

function executors(count: number): readonly ExecutorDescription[] {
  return Array.from({ length: count }, (_, index) => executorAt(index));
}

function frozenSnapshot(count: number, machines: number): Snapshot {
  const frozen = <T extends object>(list: readonly T[]): readonly T[] =>
    Object.freeze(list.map((one) => Object.freeze({ ...one })));
  return { receivers: frozen(receivers(count, true)), executors: frozen(executors(machines)) };
}

/** All answers of a policy for a snapshot, as text. */
function place(policy: SchedulingPolicy, snapshot: Snapshot): Readonly<Record<string, readonly string[]>> {
  const places = policy.scheduleReceivers(snapshot.receivers, snapshot.executors);
  const placements = Object.freeze(placementsOf(places, snapshot.executors));
  const again = snapshot.receivers.map(
    (receiver) =>
      [
        `again ${receiver.streamId}`,
        policy.rescheduleReceiver(receiver, placements, snapshot.executors),
      ] as const,
  );
  const all = [...[...places].map(([id, locations]) => [`first ${id}`, locations] as const), ...again];
  return Object.fromEntries(
    all.map(([key, locations]) => [key, locations.map((one) => JSON.stringify(one))]),
  );
}

function placementsOf(
  places: ReadonlyMap<number, readonly TaskLocation[]>,
  alive: readonly ExecutorDescription[],
): readonly ReceiverPlacement[] {
  return [...places].map(([streamId, scheduledLocations]) => {
    const [first] = scheduledLocations;
    const executor = alive.find((one) => first !== undefined && matches(first, one));
    if (streamId % 2 === 0 && executor !== undefined) return running(streamId, executor);
    return { streamId, state: 'SCHEDULED', scheduledLocations };
  });
}

function running(streamId: number, runningExecutor: ExecutorDescription): ReceiverPlacement {
  return { streamId, state: 'ACTIVE', scheduledLocations: [], runningExecutor };
}

function matches({ host, executorId }: TaskLocation, executor: ExecutorDescription): boolean {
  return host === executor.host && (executorId === undefined || executorId === executor.executorId);
}

function assertUsable(
  locations: readonly TaskLocation[],
  alive: readonly ExecutorDescription[],
  streamId: number,
): void {
  const isUsable = locations.some((location) => alive.some((executor) => matches(location, executor)));
  assert(isUsable, `receiver ${streamId} has no existing location: ${JSON.stringify(locations)}`);
}

/** The number of receivers of each executor when each receiver starts on its first location. */
function loadsOf(
  places: ReadonlyMap<number, readonly TaskLocation[]>,
  alive: readonly ExecutorDescription[],
): readonly number[] {
  const firsts = [...places.values()].map(([first]) => first);
  return alive.map(
    (executor) => firsts.filter((first) => first !== undefined && matches(first, executor)).length,
  );
}

function byNumber(a: number, b: number): number {
  return a - b;
}

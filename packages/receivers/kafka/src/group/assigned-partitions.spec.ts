import { describe, expect, it } from 'vitest';
import { AssignedPartitions, type Membership } from './assigned-partitions.ts';
import { PartitionProgress } from './partition-progress.ts';

const member = (generation: number, partitions: readonly number[], memberId = 'me'): Membership => ({
  memberId,
  generation,
  assigned: partitions.map((partition) => ({ topic: 't', partition })),
});

/** Takes a membership and begins what is new; the new partitions. */
function take(assigned: AssignedPartitions, membership: Membership): readonly number[] {
  const added = assigned.take(membership);
  const begun = added.map(({ topic, partition }) => new PartitionProgress(topic, partition, 0, 0));
  expect(assigned.begin(membership, begun)).toBe(true);
  return added.map(({ partition }) => partition);
}

const progressOf = (assigned: AssignedPartitions, partition: number): PartitionProgress => {
  const found = assigned.owned.find((one) => one.partition === partition);
  if (found === undefined) throw new Error(`partition ${partition} is not owned`);
  return found;
};

describe('AssignedPartitions', () => {
  it('keeps the progress of partitions that stay, and fences the others', () => {
    const assigned = new AssignedPartitions();
    expect(take(assigned, member(5, [0, 1]))).toEqual([0, 1]);
    const [first, second] = [progressOf(assigned, 0), progressOf(assigned, 1)];
    expect(take(assigned, member(6, [0]))).toEqual([]);
    expect([first.isFenced, second.isFenced]).toEqual([false, true]);
    expect(take(assigned, member(7, [0, 1]))).toEqual([1]);
    expect(progressOf(assigned, 0)).toBe(first);
    expect(progressOf(assigned, 1)).not.toBe(second);
  });

  it('fences everything when a generation was missed, or under another name in the group', () => {
    for (const next of [member(7, [0]), member(6, [0], 'another'), member(5, [0])]) {
      const assigned = new AssignedPartitions();
      take(assigned, member(5, [0]));
      const before = progressOf(assigned, 0);
      expect(take(assigned, next)).toEqual([0]);
      expect(before.isFenced).toBe(true);
    }
  });

  it('keeps progress over missed generations when partitions are given up first', () => {
    const assigned = new AssignedPartitions();
    take(assigned, { ...member(5, [0, 1]), isGivenUpFirst: true });
    const before = progressOf(assigned, 0);
    expect(take(assigned, { ...member(9, [0, 2]), isGivenUpFirst: true })).toEqual([2]);
    expect([progressOf(assigned, 0) === before, before.isFenced]).toEqual([true, false]);
    expect(take(assigned, { ...member(9, [0], 'another'), isGivenUpFirst: true })).toEqual([0]);
    expect(before.isFenced).toBe(true);
  });

  it('begins nothing for a membership that is over', () => {
    const assigned = new AssignedPartitions();
    const old = member(5, [0]);
    assigned.take(old);
    take(assigned, member(6, [1]));
    expect(assigned.begin(old, [new PartitionProgress('t', 0, 0, 0)])).toBe(false);
    expect(assigned.owned.map(({ partition }) => partition)).toEqual([1]);
  });

  it('tells partitions of several topics apart', () => {
    const assigned = new AssignedPartitions();
    const both = [
      { topic: 'a', partition: 1 },
      { topic: 'a:1', partition: 1 },
    ];
    expect(assigned.take({ ...member(1, []), assigned: both })).toEqual(both);
  });

  it('has nothing after the end', () => {
    const assigned = new AssignedPartitions();
    take(assigned, member(5, [0]));
    const progress = progressOf(assigned, 0);
    assigned.leave();
    expect([progress.isFenced, assigned.owned, assigned.membership]).toEqual([true, [], undefined]);
  });
});

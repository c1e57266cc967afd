import { describe, expect, it } from 'vitest';
import { active, plainReceivers } from '../test/snapshots.ts';
import { RoundRobinSchedulingPolicy } from './round-robin-scheduling-policy.ts';

const [a, b, c] = ['a', 'b', 'c'].map((name) => ({ executorId: name, host: 'one', cores: 1 })) as [
  { executorId: string; host: string; cores: number },
  { executorId: string; host: string; cores: number },
  { executorId: string; host: string; cores: number },
];
const policy = new RoundRobinSchedulingPolicy();
const ids = (locations: readonly { executorId?: string }[]) => locations.map(({ executorId }) => executorId);

describe('RoundRobinSchedulingPolicy', () => {
  it('places receivers in turn, in the order of both lists', () => {
    const decision = policy.scheduleReceivers(plainReceivers(4), [a, b, c]);
    expect([...decision.values()].map(ids)).toEqual([['a'], ['b'], ['c'], ['a']]);
  });

  it('ignores wishes', () => {
    const decision = policy.scheduleReceivers([{ streamId: 0, preferredHost: 'elsewhere' }], [a, b]);
    expect(decision.get(0)).toEqual([{ host: 'one', executorId: 'a' }]);
  });

  it('continues in turn after the executor of the receiver', () => {
    expect(ids(policy.rescheduleReceiver({ streamId: 7 }, [active(7, b)], [a, b, c]))).toEqual([
      'c',
      'a',
      'b',
    ]);
  });

  it('continues in turn after the scheduled place of the receiver', () => {
    const scheduled = {
      streamId: 7,
      state: 'SCHEDULED' as const,
      scheduledLocations: [{ host: 'one', executorId: 'a' }],
    };
    expect(ids(policy.rescheduleReceiver({ streamId: 7 }, [scheduled], [a, b, c]))).toEqual(['b', 'c', 'a']);
  });

  it('starts at the stream id when the executor is gone', () => {
    expect(ids(policy.rescheduleReceiver({ streamId: 4 }, [active(4, c)], [a, b]))).toEqual(['a', 'b']);
  });

  it('skips executors with more receivers than other executors', () => {
    const placements = [active(0, a), active(1, b), active(2, c), active(3, b)];
    expect(ids(policy.rescheduleReceiver({ streamId: 0 }, placements, [a, b, c]))).toEqual(['a']);
  });
});

import { settle } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { type CommittedOffset, OffsetCommitter } from './offset-committer.ts';
import { PartitionProgress } from './partition-progress.ts';

function committing() {
  const commits: {
    readonly offsets: readonly CommittedOffset[];
    readonly done: PromiseWithResolvers<void>;
  }[] = [];
  const partitions = [new PartitionProgress('t', 0, 0, 0), new PartitionProgress('t', 1, 0, 0)] as const;
  const committer = new OffsetCommitter({
    owned: () => partitions.filter(({ isFenced }) => !isFenced),
    commit: (offsets) => {
      const done = Promise.withResolvers<void>();
      commits.push({ offsets, done });
      return done.promise;
    },
    isRebalancing: (error) => error === 'rebalancing',
  });
  const offsets = () =>
    commits.map((one) => one.offsets.map(({ partition, offset }) => `${partition}@${offset}`));
  return { commits, partitions, committer, offsets };
}

describe('OffsetCommitter', () => {
  it('commits the partitions with news, and nothing without news', async () => {
    const { commits, partitions, committer, offsets } = committing();
    await committer.flush();
    partitions[1].passed(5);
    const flushed = committer.flush();
    expect(offsets()).toEqual([['1@5']]);
    commits[0]?.done.resolve();
    await flushed;
    await committer.flush();
    expect(offsets()).toHaveLength(1);
  });

  it('puts what comes during a commit into one next commit', async () => {
    const { commits, partitions, committer, offsets } = committing();
    partitions[0].passed(1);
    const first = committer.flush();
    partitions[0].passed(2);
    const second = committer.flush();
    partitions[1].passed(7);
    const third = committer.flush();
    expect(second).toBe(third);
    expect(offsets()).toEqual([['0@1']]);
    commits[0]?.done.resolve();
    await first;
    await settle();
    expect(offsets()).toEqual([['0@1'], ['0@2', '1@7']]);
    commits[1]?.done.resolve();
    await third;
  });

  it('commits again after the members of the group have changed, without the partitions that were given away', async () => {
    const { commits, partitions, committer, offsets } = committing();
    for (const partition of partitions) partition.passed(3);
    const refused = committer.flush();
    commits[0]?.done.reject('rebalancing');
    await refused;
    partitions[1].fence();
    void committer.flush();
    expect(offsets()).toEqual([['0@3', '1@3'], ['0@3']]);
  });

  it('passes on any other failure, and goes on afterwards', async () => {
    const { commits, partitions, committer, offsets } = committing();
    partitions[0].passed(1);
    const failing = committer.flush();
    const waiting = committer.flush();
    commits[0]?.done.reject(new Error('lost'));
    await expect(failing).rejects.toThrow('lost');
    await settle();
    expect(offsets()).toEqual([['0@1'], ['0@1']]);
    commits[1]?.done.resolve();
    await waiting;
  });
});

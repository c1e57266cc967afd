import { describe, expect, it } from 'vitest';
import { WaitingGroup } from './waiting-group.ts';

const entries = (...texts: string[]) => texts.map((text) => new TextEncoder().encode(text));

describe('WaitingGroup', () => {
  it('passes all entries written together to one commit, in order', async () => {
    const commits: number[][] = [];
    const group = new WaitingGroup((some) => void commits.push(some.map(([first = 0]) => first)));
    await Promise.all(entries('a', 'b', 'c').map((entry) => group.write(entry)));
    await group.write(Uint8Array.of(1));
    expect(commits).toEqual([[97, 98, 99], [1]]);
  });

  it('rejects all writes of a failed group, and continues', async () => {
    let calls = 0;
    const group = new WaitingGroup(() => {
      calls += 1;
      if (calls === 1) throw new Error('the disk is gone');
    });
    const outcomes = await Promise.allSettled(entries('a', 'b').map((entry) => group.write(entry)));
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await group.write(Uint8Array.of(1));
    expect(calls).toBe(2);
  });
});

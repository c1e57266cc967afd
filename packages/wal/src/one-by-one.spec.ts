import { describe, expect, it } from 'vitest';
import { oneByOne } from './one-by-one.ts';

/** Lists, with a record of the end of the source. */
function sourceOf(lists: readonly (readonly number[])[], failure?: Error) {
  const state = { isEnded: false };
  async function* source() {
    try {
      yield* lists;
      if (failure !== undefined) throw failure;
    } finally {
      state.isEnded = true;
    }
  }
  return { source: source(), state };
}

async function collected(members: AsyncIterable<number>): Promise<readonly number[]> {
  const all: number[] = [];
  for await (const member of members) all.push(member);
  return all;
}

describe('oneByOne', () => {
  it('yields every member in order, for any lists', async () => {
    const { source, state } = sourceOf([[1, 2], [], [3], [], []]);
    expect(await collected(oneByOne(source))).toEqual([1, 2, 3]);
    expect(state.isEnded).toBe(true);
  });

  it('ends its source when the consumer ends early', async () => {
    const { source, state } = sourceOf([[1, 2], [3]]);
    for await (const member of oneByOne(source)) if (member === 1) break;
    expect(state.isEnded).toBe(true);
  });

  it('yields nothing after its end, not even members of the current list', async () => {
    const members = oneByOne(sourceOf([[1, 2]]).source);
    await members.next();
    await members.return?.();
    expect(await members.next()).toEqual({ done: true, value: undefined });
  });

  it('yields the members before a failure, then the failure', async () => {
    const members = oneByOne(sourceOf([[1]], new Error('torn')).source);
    expect(await members.next()).toEqual({ done: false, value: 1 });
    await expect(members.next()).rejects.toThrow('torn');
  });
});

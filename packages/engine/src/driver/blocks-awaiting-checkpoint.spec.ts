import { describe, expect, it } from 'vitest';
import { BlocksAwaitingCheckpoint } from './blocks-awaiting-checkpoint.ts';

describe('BlocksAwaitingCheckpoint', () => {
  it('returns names up to a batch, once, in their order', () => {
    const blocks = new BlocksAwaitingCheckpoint();
    blocks.add(1, ['a', 'b']);
    blocks.add(2, []);
    blocks.add(3, ['c']);
    expect([blocks.take(2), blocks.take(2), blocks.count]).toEqual([['a', 'b'], [], 1]);
    expect([blocks.take(9), blocks.count]).toEqual([['c'], 0]);
  });

  it('keeps only the latest names, in any order of arrival', () => {
    const blocks = new BlocksAwaitingCheckpoint(100);
    for (let time = 1; time <= 10_000; time += 1) {
      blocks.add(time, [`${time}-a`, `${time}-b`, `${time}-c`]);
      expect(blocks.count).toBeLessThanOrEqual(100);
    }
    const left = blocks.take(10_000);
    expect(left.length).toBeGreaterThanOrEqual(85);
    expect(left.at(-1)).toBe('10000-c');
    expect(left.length % 3).toBe(0);
    expect(blocks.count).toBe(0);
  });

  it('drops a single batch that exceeds the bound', () => {
    const blocks = new BlocksAwaitingCheckpoint(2);
    blocks.add(1, ['a', 'b', 'c']);
    expect([blocks.count, blocks.take(1)]).toEqual([0, []]);
  });
});

import { describe, expect, it } from 'vitest';
import { BlockDelays } from './block-delays.ts';

function paired(use: (delays: BlockDelays) => void): (readonly [number, number])[] {
  const found: [number, number][] = [];
  use(new BlockDelays((delayMs, records) => found.push([delayMs, records])));
  return found;
}

describe('BlockDelays', () => {
  it('pairs blocks and batches of a stream in order', () => {
    const found = paired((delays) => {
      delays.stored(0, 3, 100);
      delays.stored(0, 2, 150);
      delays.done(0, 4, 200);
      delays.done(0, 1, 300);
    });
    expect(found).toEqual([
      [100, 3],
      [50, 1],
      [150, 1],
    ]);
  });

  it('pairs a batch with a block that is reported later', () => {
    const found = paired((delays) => {
      delays.done(0, 2, 200);
      delays.stored(0, 2, 120);
    });
    expect(found).toEqual([[80, 2]]);
  });

  it('keeps streams apart and ignores batches without records', () => {
    const found = paired((delays) => {
      delays.stored(0, 1, 100);
      delays.done(1, 1, 200);
      delays.done(0, 0, 200);
    });
    expect(found).toEqual([]);
  });
});

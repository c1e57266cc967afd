import { describe, expect, it } from 'vitest';
import { anyInput, traceparent } from '../test/batch-events.ts';
import { tracesOfBlocks } from './traces-of-blocks.ts';

const tracesOf = (metadata: Readonly<Record<string, unknown>>) => [...tracesOfBlocks(anyInput({ metadata }))];

describe('tracesOfBlocks', () => {
  it('finds the traces of blocks', () => {
    const [one, two, three] = [traceparent(1), traceparent(2), traceparent(3)];
    const blocks = [{ traceparent: one }, { position: 7 }, { traceparents: [two, { traceparent: three }] }];
    expect(tracesOf({ blocks })).toEqual([{ traceparent: one }, two, { traceparent: three }]);
  });

  it('finds nothing in other metadata', () => {
    for (const metadata of [
      {},
      { files: ['a'] },
      { blocks: 7 },
      { blocks: [null, 7, 'a', { traceparents: 7 }] },
    ])
      expect(tracesOf(metadata)).toEqual([]);
  });
});

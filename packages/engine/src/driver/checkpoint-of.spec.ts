import { expect, it } from 'vitest';
import { SkippedBatches } from '../batches/skipped-batches.ts';
import type { DStreamGraph } from '../graph/dstream-graph.ts';
import { checkpointOf } from './checkpoint-of.ts';

const DONE_UP_TO = 100_000;

/** The skipped ranges in a checkpoint of a program that remembers inputs for 1,000 ms. */
async function keptRanges(...ranges: readonly (readonly [from: number, to: number])[]) {
  const skipped = new SkippedBatches();
  for (const [from, to] of ranges) skipped.add({ from, to });
  const graph = { streams: [], skipped, maxInputRememberMs: 1_000, fingerprint: () => 'digest' };
  const content = await checkpointOf(
    {
      graph: graph as unknown as DStreamGraph,
      identity: { application: 'test', batchIntervalMs: 200 },
      epoch: 1,
      zeroTime: 0,
      doneUpTo: DONE_UP_TO,
      lastMade: DONE_UP_TO,
      pending: [],
    } as unknown as Parameters<typeof checkpointOf>[0],
    {} as Parameters<typeof checkpointOf>[1],
  );
  return content.skipped?.map(({ from, to }) => [from, to]);
}

it('keeps the skipped ranges over which the next batches may look back', async () => {
  expect(await keptRanges([200, 400], [98_000, 99_000])).toEqual([[98_000, 99_000]]);
});

it('keeps a range whose end is long ago when a long range began shortly after it', async () => {
  expect(await keptRanges([200, 400], [1_000, 99_800])).toEqual([
    [200, 400],
    [1_000, 99_800],
  ]);
});

it('keeps no range that ended long ago', async () => {
  expect(await keptRanges([200, 400])).toBeUndefined();
});

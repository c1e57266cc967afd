import { describe, expect, it } from 'vitest';
import { SkippedBatches } from './skipped-batches.ts';

/** Ranges as pairs, added in this order. */
function skipped(...ranges: readonly (readonly [from: number, to: number])[]): SkippedBatches {
  const batches = new SkippedBatches();
  for (const [from, to] of ranges) batches.add({ from, to });
  return batches;
}

const pairsOf = ({ ranges }: SkippedBatches) => ranges.map(({ from, to }) => [from, to]);

describe('SkippedBatches', () => {
  it('joins ranges that overlap, in any order, and keeps other ranges apart', () => {
    const joined = [[200, 700]];
    expect(pairsOf(skipped([200, 400], [300, 700]))).toEqual(joined);
    expect(pairsOf(skipped([300, 700], [200, 400]))).toEqual(joined);
    expect(pairsOf(skipped([200, 700], [300, 400]))).toEqual(joined);
    expect(pairsOf(skipped([200, 300], [600, 700], [300, 600]))).toEqual(joined);
    expect(pairsOf(skipped([600, 700], [200, 300]))).toEqual([
      [200, 300],
      [600, 700],
    ]);
  });

  it('counts both ends of a range as skipped, and their neighbours as batches', () => {
    const batches = skipped([200, 400], [600, 700]);
    const known = [100, 200, 300, 400, 500, 600, 700, 800].filter(
      (time) => batches.rangeOf(time) !== undefined,
    );
    expect(known).toEqual([200, 300, 400, 600, 700]);
  });

  it('steps from batch to batch over ranges, also over adjacent ranges', () => {
    const batches = skipped([200, 300], [400, 500]);
    expect([0, 100, 500].map((time) => batches.after(time, 100))).toEqual([100, 600, 600]);
  });

  it.each([
    [200, 200],
    [201, 200],
    [400, 200],
    [550, 200],
    [551, 551],
    [199, 199],
  ])('moves a threshold of %i back to %i, in a range and up to the margin after it', (threshold, moved) => {
    expect(skipped([200, 400]).thresholdFor(threshold, 150)).toBe(moved);
  });

  it.each([
    [1_000, 200],
    [1_001, 1_001],
    [650, 200],
    [400, 200],
  ])('moves a threshold of %i back to %i, the first of ranges in short succession', (threshold, moved) => {
    const batches = skipped([200, 400], [500, 500], [650, 850]);
    expect(batches.thresholdFor(threshold, 150)).toBe(moved);
  });

  it('moves a threshold back to no range that ends long before the next one', () => {
    expect(skipped([200, 400], [551, 800]).thresholdFor(900, 150)).toBe(551);
  });

  it('forgets ranges that end before a time, and keeps ranges that end at it', () => {
    const batches = skipped([100, 200], [400, 500]);
    expect(batches.since(200)).toHaveLength(2);
    batches.forgetBefore(200);
    expect(batches.ranges).toHaveLength(2);
    batches.forgetBefore(201);
    expect(pairsOf(batches)).toEqual([[400, 500]]);
  });
});

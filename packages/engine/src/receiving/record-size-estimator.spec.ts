import { describe, expect, it } from 'vitest';
import { RecordSizeEstimator } from './record-size-estimator.ts';

const BLOCK_BYTES = 16 * 2 ** 20;

/** Works like a generator: runs as long as the sizeEstimator allows. Returns the estimate and the longest run. */
function measureAll(sizeEstimator: RecordSizeEstimator, records: readonly unknown[], givenEach = 0) {
  let bytes = 0;
  let longest = 0;
  for (let from = 0; from < records.length;) {
    const to = Math.min(records.length, from + sizeEstimator.lookAfter(BLOCK_BYTES));
    const run = records.slice(from, to);
    const textBytes = run.reduce(
      (sum: number, record) => sum + (typeof record === 'string' ? record.length : 0),
      0,
    );
    bytes += sizeEstimator.measure({
      records,
      counted: from,
      length: to,
      textBytes,
      givenBytes: givenEach * (to - from),
    });
    longest = Math.max(longest, to - from);
    from = to;
  }
  return { bytes, longest };
}

const many = (count: number, record: (index: number) => unknown) =>
  Array.from({ length: count }, (_, i) => record(i));

describe('RecordSizeEstimator', () => {
  it('counts strings exactly', () => {
    const records = many(1_000, (index) => 'x'.repeat(index % 50));
    const exact = records.reduce((sum: number, record) => sum + (record as string).length, 0);
    expect(measureAll(new RecordSizeEstimator(BLOCK_BYTES, 7), records).bytes).toBe(exact);
  });

  it('counts bytes exactly', () => {
    const records = many(1_000, (index) => new Uint8Array(index));
    expect(measureAll(new RecordSizeEstimator(BLOCK_BYTES, 7), records).bytes).toBe((999 * 1_000) / 2);
  });

  it('samples one object in 128 while sizes are alike', () => {
    const { bytes, longest } = measureAll(
      new RecordSizeEstimator(BLOCK_BYTES, 7),
      many(10_000, (id) => ({ id, name: 'abcd' })),
    );
    expect([bytes, longest]).toEqual([10_000 * (16 + 8 + 8 + 4), 128]);
  });

  it('measures each of the records that are large', () => {
    const sizeEstimator = new RecordSizeEstimator(BLOCK_BYTES, 7);
    measureAll(
      sizeEstimator,
      many(100, () => ({ text: 'x'.repeat(2 ** 20) })),
    );
    expect(sizeEstimator.lookAfter(BLOCK_BYTES)).toBe(1);
  });

  it('counts a run exactly that brings large objects after small ones', () => {
    const sizeEstimator = new RecordSizeEstimator(BLOCK_BYTES, 7);
    measureAll(
      sizeEstimator,
      many(10_000, (id) => ({ id })),
    );
    const large = { text: 'x'.repeat(100_000) };
    const { bytes, longest } = measureAll(sizeEstimator, [
      ...many(30, (id) => ({ id })),
      ...many(100, () => large),
    ]);
    expect(longest).toBeLessThanOrEqual(128);
    expect(bytes / (100 * 100_024 + 30 * 24)).toBeCloseTo(1, 2);
    expect(sizeEstimator.lookAfter(BLOCK_BYTES)).toBeLessThanOrEqual(11);
  });

  it('is right on average for mixed sizes', () => {
    const records = many(64_000, (index) => (index % 3 === 0 ? { text: 'x'.repeat(76) } : 'y'.repeat(10)));
    const { bytes } = measureAll(new RecordSizeEstimator(BLOCK_BYTES, 7), records);
    const exact = 64_000 * (100 / 3 + 20 / 3);
    expect(Math.abs(bytes - exact)).toBeLessThan(exact / 10);
  });

  it('counts no less than the bytes that the receiver gave', () => {
    const records = many(10_000, (id) => ({ id }));
    expect(measureAll(new RecordSizeEstimator(BLOCK_BYTES, 7), records, 100).bytes).toBe(1_000_000);
    expect(measureAll(new RecordSizeEstimator(BLOCK_BYTES, 7), records, 1).bytes).toBe(240_000);
  });

  it.each([0, 1, 12_345, 0xffff_ffff])(
    'counts each record after it found one large among small ones (samples begin at %i)',
    (firstTurn) => {
      const large = { text: 'x'.repeat(100_000) };
      const period = many(128, (index) => (index === 5 ? large : { id: index }));
      const records = many(2_000, () => period).flat();
      const { bytes } = measureAll(new RecordSizeEstimator(BLOCK_BYTES, firstTurn), records);
      expect(bytes).toBeGreaterThan(0.8 * 2_000 * 100_000);
    },
  );

  it('runs no further than the bytes that are left', () => {
    const sizeEstimator = new RecordSizeEstimator(BLOCK_BYTES, 7);
    measureAll(
      sizeEstimator,
      many(1_000, () => ({ text: 'x'.repeat(976) })),
    );
    expect(sizeEstimator.lookAfter(10_000)).toBe(10);
    expect(sizeEstimator.lookAfter(1)).toBe(1);
  });
});

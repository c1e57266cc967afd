import { describe, expect, it } from 'vitest';
import { CollectSink } from './sinks.ts';

describe('CollectSink', () => {
  it.each([0, 1, 4_095, 4_096, 4_097, 5_000_000])('collects %i records in their order', (count) => {
    const sink = new CollectSink<number>();
    for (let record = 0; record < count; record += 1) sink.push(record);
    const records = sink.records();
    expect([records.length, records.at(-1)]).toEqual([count, count === 0 ? undefined : count - 1]);
    expect(records.every((record, index) => record === index)).toBe(true);
  });

  it('leaves records that are arrays unchanged', () => {
    const sink = new CollectSink<number[]>();
    for (let record = 0; record < 5_000; record += 1) sink.push([record, record]);
    expect(sink.records()[4_999]).toEqual([4_999, 4_999]);
  });
});

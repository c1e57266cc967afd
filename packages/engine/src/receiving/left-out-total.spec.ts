import { isMillraceError } from '@millrace/core';
import { RecordingLogger } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { LeftOutTotal } from './left-out-total.ts';

/** A total whose counts and warnings are recorded. */
function totalOf() {
  const total = new LeftOutTotal(3, 'orders');
  const log = new RecordingLogger();
  const counts: number[] = [];
  const publish = (_: unknown, value: unknown) =>
    void counts.push((value as { readonly leftOut: { readonly totalCount: number } }).leftOut.totalCount);
  /** Adds records; returns whether a warning was logged. */
  const add = (recordCount: number): boolean => {
    const error = total.add({ recordCount, reason: 'record is a symbol', record: 'x' }, { publish, log });
    return isMillraceError(error, 'MR_RECEIVER_RECORD_UNSUPPORTED');
  };
  return { add, counts, log, total };
}

describe('LeftOutTotal', () => {
  it('publishes every count to listeners, and warns of the first, the tenth and the hundredth record', () => {
    const { add, counts, log } = totalOf();
    const told = Array.from({ length: 100 }, () => add(1)).flatMap((isTold, index) =>
      isTold ? [index + 1] : [],
    );
    expect(told).toEqual([1, 10, 100]);
    expect(counts).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
    expect(log.messages('warn')).toHaveLength(3);
  });

  it('warns once of many records at once, and not of the next records', () => {
    const { add, total } = totalOf();
    expect([add(5_000), add(1), add(4_998), add(1)]).toEqual([true, false, false, true]);
    expect(total.count).toBe(10_000);
  });

  it('publishes and logs the number of records without a dead letter', () => {
    const total = new LeftOutTotal(3, 'orders');
    const log = new RecordingLogger();
    const published: unknown[] = [];
    const publish = (_: unknown, { leftOut }: { readonly leftOut?: unknown }) => void published.push(leftOut);
    const report = { recordCount: 10_005, reason: 'record is a symbol', record: 'x' };
    for (const lostLetters of [5, 1]) total.add({ ...report, lostLetters }, { publish, log } as never);
    total.add(report, { publish, log } as never);
    expect(published).toMatchObject([{ lostLetters: 5 }, { lostLetters: 1 }, { totalCount: 30_015 }]);
    const told = log.lines.filter(({ message }) => message.includes('without a dead letter'));
    expect(told.map(({ fields }) => fields)).toMatchObject([{ streamId: 3, name: 'orders', lostLetters: 5 }]);
  });
});

import { describe, expect, it } from 'vitest';
import { Ledger } from '../src/ledger.ts';

const ledger = () => new Ledger((promise, what) => expect.unreachable(`${promise}: ${what}`));

describe('the zero time of a ledger', () => {
  it('is one interval before the first batch', () => {
    const one = ledger();
    one.driverRuns(1_000_000, 1_000_050);
    expect(one.zeroTime(1_001_000, 1_000)).toBe(1_000_000);
  });

  it('is the interval of the first start when batches were left out before the first one', () => {
    const one = ledger();
    one.driverRuns(1_000_400, 1_000_450);
    one.driverRuns(31_537_000_900, 31_537_000_950);
    expect(one.zeroTime(31_538_000_000, 1_000)).toBe(1_000_000);
  });

  it('is earlier by the number of batches that a driver reported as left out', () => {
    const one = ledger();
    one.driverStarts(1_001_273);
    one.driverStarts(31_537_002_073);
    one.driverRuns(31_537_002_073, 31_537_002_080);
    one.leavesOutBefore(31_537_002_000, 78_840_001);
    expect(one.zeroTime(31_537_002_000, 400)).toBe(1_001_200);
  });

  it('is earlier than all ranges that successive drivers left out before the first batch', () => {
    const one = ledger();
    one.driverStarts(1_000_000);
    one.driverRuns(1_000_000, 1_000_043);
    one.leavesOutBefore(1_004_800, 11);
    one.leavesOutBefore(1_006_000, 3);
    expect(one.zeroTime(1_006_000, 400)).toBe(1_000_000);
  });

  it('may come from a clock that was set back before the first driver ran', () => {
    const one = ledger();
    one.driverStarts(1_000_000);
    one.driverRuns(1_000_000, 1_000_769);
    expect(one.zeroTime(1_000_800, 200)).toBe(1_000_600);
  });

  it('may come from a driver that never ran, before the clock was set back', () => {
    const one = ledger();
    one.driverStarts(1_000_279);
    one.driverStarts(998_268);
    one.driverRuns(998_268, 998_300);
    expect(one.zeroTime(1_000_400, 200)).toBe(1_000_200);
  });
});

it('names outputs that an operator removed, and no other output or batch', () => {
  const one = ledger();
  one.removedByOperator('program 1', 400);
  const asked = [
    ['program 1', 400],
    ['program 1', 800],
    ['program 2', 400],
  ] as const;
  expect(asked.map(([output, batchTime]) => one.isRemovedByOperator(output, batchTime))).toEqual([
    true,
    false,
    false,
  ]);
});

it('sums the ranges that successive drivers left out next to each other', () => {
  const one = ledger();
  one.leavesOutBefore(2_000, 2);
  one.leavesOutBefore(4_000, 5);
  expect([one.gapBefore(4_000, 400), one.gapBefore(2_000, 400), one.gapBefore(3_600, 400)]).toEqual([
    7, 2, 0,
  ]);
});

import { describe, expect, it } from 'vitest';
import { FAULT_KINDS, kindsOf, nameOf } from './fault-kinds.ts';
import { gapTable } from './gap-table.ts';

describe('the table of gaps', () => {
  it('has minimum, median and maximum of each kind, and how often the goal was missed', () => {
    const of = (name: string, gapMs: number) => ({ name, gapMs, goalMs: 5_000 });
    const faults = [of('b', 1_000), of('a', 7_040), of('a', 500), of('a', 2_000), of('b', 2_500)];
    expect(gapTable(faults)).toBe(
      [
        '| fault | times | minimum, s | median, s | maximum, s | over the goal |',
        '| ----- | ----- | ---------- | --------- | ---------- | ------------- |',
        '| a     | 3     | 0.5        | 2.0       | 7.0        | 1             |',
        '| b     | 2     | 1.0        | 1.8       | 2.5        | 0             |',
      ].join('\n'),
    );
  });
});

describe('the kinds of faults', () => {
  it('are all there in a few seeds in a row, and the same for a seed again', () => {
    const some = Array.from({ length: 8 }, (_, index) => kindsOf(index + 1, 3)).flat();
    expect(new Set(some.map(nameOf)).size).toBe(FAULT_KINDS.length);
    expect(kindsOf(7, 3)).toEqual(kindsOf(7, 3));
  });
});

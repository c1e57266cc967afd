import { describe, expect, it } from 'vitest';
import { FaultStateTable } from '../src/fault-state-table.ts';
import { FAULT_KINDS } from '../src/plan.ts';
import { ALL_STATES } from '../src/state-probes.ts';

const HELD = 'batch: held';

function tableOf(seeds: readonly Readonly<Record<string, readonly string[]>>[]) {
  const table = new FaultStateTable();
  for (const after of seeds) table.add({ after });
  return table;
}

describe('the table of faults and states', () => {
  it('shows for each pair the digits of the number of seeds', () => {
    const table = tableOf([
      ...Array.from({ length: 12 }, () => ({ 'disk-failure': [HELD] })),
      { 'disk-slow': [HELD] },
    ]);
    const lines = table.lines({ faults: { 'disk-failure': 12, 'disk-slow': 1 }, states: { [HELD]: 13 } });
    const row = lines.find((line) => line.trimStart().startsWith(`${HELD} `));
    expect(row?.split(/ {2,}/)[2]).toBe(`2.1${'.'.repeat(FAULT_KINDS.length - 3)}`);
    expect(row).toMatch(/ 13$/);
  });

  it('fits into 80 columns', () => {
    const lines = tableOf([]).lines({ faults: {}, states: {} });
    expect(lines.length).toBeGreaterThan(FAULT_KINDS.length + ALL_STATES.length);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });

  it('names the empty pairs of faults and states that occurred', () => {
    const table = tableOf([{ 'disk-failure': [HELD] }]);
    const counts = { faults: { 'disk-failure': 1, 'disk-slow': 1 }, states: { [HELD]: 1 } };
    expect(table.empty(counts)).toEqual([`${HELD} after disk-slow`]);
  });
});

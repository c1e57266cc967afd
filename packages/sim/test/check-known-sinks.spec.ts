import { describe, expect, it } from 'vitest';
import { drawPlan } from '../src/draw-plan.ts';
import type { InputHistory } from '../src/input-history.ts';
import { checkKnownSinks } from '../src/check-known-sinks.ts';
import { Ledger } from '../src/ledger.ts';
import { AT_THE_END } from '../src/program/sinks/table-row.ts';
import type { SinkTarget } from '../src/program/program-plan.ts';
import type { SimRecord } from '../src/sim-record.ts';

/** 97 and 100 replace the rows of 0 and 3; 3 and 99 remove rows, and 3 had none. */
const numbers = [
  [[0, 2], [3]],
  [[], []],
  [[97, 99], [100]],
];
const history: InputHistory = {
  batchIntervalMs: 1_000,
  zeroTime: 0,
  batches: new Map(
    numbers.map((streams, index) => [
      (index + 1) * 1_000,
      streams.map((stream) => stream.map((number): SimRecord => [number, 0])),
    ]),
  ),
};

/** The violations for what is outside at the end. */
function said(kind: SinkTarget['kind'], outside: Readonly<Record<number, readonly unknown[]>>, skipped = 0) {
  const broken: string[] = [];
  const violated = (promise: string, what: string) => void broken.push(`${promise}: ${what}`);
  const ledger = new Ledger(violated);
  if (skipped > 0) ledger.skips(skipped);
  for (const [batchTime, records] of Object.entries(outside))
    ledger.write('program 7', Number(batchTime), records);
  const plan = { ...drawPlan('4'), sinks: [{ id: 7, kind }] };
  checkKnownSinks({ plan, sources: [], ledger, violated }, history);
  return broken;
}

describe.each(['filesSink', 'sqliteSink'] as const)('the records in a %s', (kind) => {
  const whole = { 1_000: ['[0 0]', '[2 0]', '[3 0]'], 3_000: ['[97 0]', '[99 0]', '[100 0]'] };

  it('are those of the batches, in order; a batch without records leaves nothing', () => {
    expect(said(kind, whole)).toEqual([]);
  });

  it('may be missing in a skipped batch', () => {
    expect(said(kind, { 3_000: whole[3_000] }, 1_000)).toEqual([]);
  });

  it.each([
    [['[0 0]', '[2 0]']],
    [['[2 0]', '[0 0]', '[3 0]']],
    [['[0 0]', '[2 0]', '[3 0]', '[3 0]']],
    [[]],
  ])('are wrong as %j', (records) => {
    expect(said(kind, { ...whole, 1_000: records })).toEqual([
      expect.stringContaining('BAT-1: program 7 of batch 1000 is'),
    ]);
  });
});

describe('the rows of a table with keys', () => {
  const rows = [[0, 97], [3, 100]]; // prettier-ignore

  it('are the last records of the keys, without removed rows', () => {
    expect(said('sqliteTable', { [AT_THE_END]: rows })).toEqual([]);
  });

  it.each([
    [
      [
        [0, 0],
        [3, 100],
      ],
    ],
    [
      [
        [0, 97],
        [2, 2],
        [3, 100],
      ],
    ],
    [[[0, 97]]],
    [[]],
  ])('are wrong as %j', (wrong) => {
    expect(said('sqliteTable', { [AT_THE_END]: wrong })).toEqual([
      expect.stringContaining('BAT-1: the table program 7 has'),
    ]);
  });
});

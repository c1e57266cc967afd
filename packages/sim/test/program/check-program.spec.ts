// Tests of the program checker: the checker must report an output that does not follow from the inputs.
import { describe, expect, it } from 'vitest';
import { drawPlan } from '../../src/draw-plan.ts';
import type { InputHistory } from '../../src/input-history.ts';
import { Ledger } from '../../src/ledger.ts';
import { checkProgram } from '../../src/program/check-program.ts';
import type { ProgramOutput, ProgramPlan } from '../../src/program/program-plan.ts';

const history: InputHistory = {
  batchIntervalMs: 100,
  zeroTime: 0,
  batches: new Map([1, 2, 3].map((batch) => [batch * 100, [[[batch, 0] as const]]])),
};

/** The promises broken by the records of one output. */
function brokenBy(
  output: Omit<ProgramOutput, 'from' | 'id'>,
  written: Record<string, Record<number, string[]>>,
  isWhole = true,
  skipped: readonly number[] = [],
) {
  const program: ProgramPlan = {
    nodes: [{ id: 'input', op: 'input', from: [], set: { variant: 'number' } }],
    outputs: [{ id: 0, ...output, from: 'input' }],
    parallelism: [1],
  };
  const broken: string[] = [];
  const ledger = new Ledger((promise) => broken.push(promise));
  for (const batchTime of skipped) ledger.skips(batchTime);
  for (const [name, batches] of Object.entries(written))
    for (const [batchTime, texts] of Object.entries(batches))
      ledger.writeAnyOrder(name, Number(batchTime), texts);
  const evidence = { plan: { ...drawPlan('1'), program }, sources: [], ledger, violated: (promise: string) => void broken.push(promise) }; // prettier-ignore
  checkProgram(evidence, history, isWhole);
  return broken;
}

const whole = { 100: ['1'], 200: ['2'], 300: ['3'] };

describe('the check of programs', () => {
  it('accepts the results that follow from the inputs', () => {
    expect(brokenBy({ kind: 'foreachRDD' }, { 'program 0': whole })).toEqual([]);
    expect(brokenBy({ kind: 'print' }, { 'program 0': whole })).toEqual([]);
    expect(
      brokenBy(
        { kind: 'foreachPartition' },
        { 'program 0 partition 1': whole, 'program 0 partition 0': { 100: [] } },
      ),
    ).toEqual([]);
  });

  it('reports a missing record, a missing batch, and a surplus batch', () => {
    expect(brokenBy({ kind: 'foreachRDD' }, { 'program 0': { ...whole, 200: [] } })).toEqual(['BAT-1']);
    expect(brokenBy({ kind: 'foreachRDD' }, { 'program 0': { ...whole, 200: ['2', '2'] } })).toEqual([
      'BAT-1',
    ]);
    const { 200: _gone, ...others } = whole;
    expect(brokenBy({ kind: 'foreachRDD' }, { 'program 0': others })).toEqual(['BAT-2']);
    expect(brokenBy({ kind: 'foreachPartition' }, { 'program 0 partition 0': others })).toEqual(['BAT-2']);
  });

  it('accepts a missing skipped batch, and checks the records of a present one', () => {
    const { 200: _gone, ...others } = whole;
    expect(brokenBy({ kind: 'foreachRDD' }, { 'program 0': others }, true, [200])).toEqual([]);
    expect(brokenBy({ kind: 'foreachRDD' }, { 'program 0': others }, true, [100])).toEqual(['BAT-2']);
    const wrong = { ...whole, 200: ['3'] };
    expect(brokenBy({ kind: 'foreachRDD' }, { 'program 0': wrong }, true, [200])).toEqual(['BAT-1']);
  });

  it('checks the results of actions and slices', () => {
    const counted = { kind: 'foreachRDD', action: 'count' } as const;
    expect(brokenBy(counted, { 'program 0': whole, 'program 0 count': { 300: ['1'] } })).toEqual([]);
    expect(brokenBy(counted, { 'program 0': whole, 'program 0 count': { 300: ['2'] } })).toEqual(['BAT-1']);
    const sliced = { kind: 'slice', back: 1 } as const;
    expect(brokenBy(sliced, { 'program 0': whole, 'program 0 slice': { 100: ['1'] } })).toEqual([]);
    expect(brokenBy(sliced, { 'program 0': whole, 'program 0 slice': { 100: [] } })).toEqual(['BAT-1']);
  });

  it('waits for partitions of pending batches', () => {
    const half = { 'program 0 partition 0': { ...whole, 300: [] } };
    expect(brokenBy({ kind: 'foreachPartition' }, half, false)).toEqual([]);
    expect(brokenBy({ kind: 'foreachPartition' }, half)).toEqual(['BAT-1']);
  });
});

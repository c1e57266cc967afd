// The batches over which programs look back, counted by hand.
import { describe, expect, it } from 'vitest';
import { lookBackOf } from '../../src/program/look-back.ts';
import type { ProgramNode, ProgramPlan } from '../../src/program/program-plan.ts';

const INPUT: ProgramNode = {
  id: 'input',
  op: 'input',
  from: [],
  set: { variant: 'number', source: 0, every: 1 },
};
const window = (id: string, from: string, length: number, slide: number): ProgramNode => ({
  id,
  op: 'window',
  from: [from],
  set: { length, slide },
});

function program(
  nodes: readonly ProgramNode[],
  others: Partial<ProgramPlan> = {},
): Parameters<typeof lookBackOf>[0] {
  const from = nodes.at(-1)?.id ?? 'input';
  return {
    nodes: [INPUT, ...nodes],
    outputs: [{ id: 0, kind: 'foreachRDD', from }],
    parallelism: [1],
    ...others,
  };
}

describe('the batches over which a program looks back', () => {
  it('are one without a window', () => {
    expect(lookBackOf(program([{ id: 'map', op: 'map', from: ['input'], set: {} }]))).toBe(1);
  });

  it('are the slide and the length of a window', () => {
    expect(lookBackOf(program([window('window', 'input', 4, 2)]))).toBe(6);
  });

  it('add up over windows over windows, whose lengths count in slides of the stream below', () => {
    expect(lookBackOf(program([window('slow', 'input', 4, 3), window('long', 'slow', 2, 1)]))).toBe(13);
  });

  it('are those of the reader that needs most', () => {
    const nodes = [window('long', 'input', 8, 1), window('short', 'input', 2, 1)];
    expect(lookBackOf(program(nodes))).toBe(9);
  });

  it('are at least as many as the context remembers', () => {
    expect(lookBackOf(program([window('window', 'input', 2, 1)], { rememberBatches: 4 }))).toBe(6);
  });
});

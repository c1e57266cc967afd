import { describe, expect, it } from 'vitest';
import { FakeSource } from '../../test/fake-source.ts';
import { batchRow, cut, INPUTS_MAX, shownGraph, shownInputs, shortTimeline, summaryOf } from './summaries.ts';

const LONG = 'x'.repeat(10_000);

describe('summaries', () => {
  it('cut texts at their bound', () => {
    expect(cut('abc', 3)).toBe('abc');
    expect(cut('abcd', 3)).toBe('ab…');
  });

  it('have the amounts of the state, and none of its long lists', () => {
    const state = new FakeSource().liveState();
    const summary = summaryOf(state);
    expect(summary).toMatchObject({ application: state.application, totals: state.totals, inputCount: 3 });
    expect(summary).not.toHaveProperty('inputs');
    expect(summary).not.toHaveProperty('graph');
  });

  it('keep at most 200 inputs: those that are broken, then those with the highest rates', () => {
    const receivers = Array.from({ length: 1_000 }, (_, index) => `stream ${index}`);
    const inputs = new FakeSource({ receivers }).liveState().inputs.map((input, index) => ({
      ...input,
      recordsPerSecond: index,
      state: index === 5 ? ('failed' as const) : index === 6 ? ('restarting' as const) : input.state,
    }));
    const shown = shownInputs(inputs);
    expect(shown).toHaveLength(INPUTS_MAX);
    expect(shown.slice(0, 3).map(({ streamId }) => streamId)).toEqual([5, 6, 999]);
  });

  it('cut names and messages', () => {
    const [input] = shownInputs(new FakeSource({ receivers: [LONG] }).liveState().inputs);
    expect(input?.name).toHaveLength(200);
    const [node] = new FakeSource().liveState().graph;
    expect(shownGraph([{ ...node!, name: LONG }])[0]?.name).toHaveLength(200);
  });

  it('leave out a graph that nobody can look at', () => {
    const [node] = new FakeSource().liveState().graph;
    expect(shownGraph(Array.from({ length: 301 }, (_, index) => ({ ...node!, id: String(index) })))).toEqual(
      [],
    );
  });

  it('have a batch in a row, with the failed output', () => {
    const source = new FakeSource({ scene: 'held' });
    const [held] = source.batches({ filter: 'failed', limit: 1 }).batches;
    const row = batchRow(held!);
    expect(row).toMatchObject({
      state: 'held',
      inputCount: 3,
      outputCount: 3,
      failedOutput: { name: 'write orders' },
    });
    expect(row).not.toHaveProperty('inputs');
    expect(JSON.stringify(row).length).toBeLessThan(1_000);
  });

  it('have timelines without those of inputs', () => {
    const { recent } = new FakeSource().state().timelines;
    expect(recent.inputs).toHaveLength(3);
    expect(shortTimeline(recent)).toEqual({ ...recent, inputs: [] });
  });
});

import { expect, it } from 'vitest';
import { batchRow, summaryOf } from '../../src/live/summaries.ts';
import { FakeSource } from '../../test/fake-source.ts';
import { Model } from './model.ts';

function snapshotOf(source: FakeSource) {
  const { timelines, ...state } = source.state();
  return {
    schema: 1 as const,
    summary: summaryOf(state),
    inputs: state.inputs,
    graph: state.graph,
    timelines,
    batches: source.batches({ limit: 200 }).batches.map(batchRow),
    hasMoreBatches: true,
  };
}

it('begins anew with each snapshot, and then follows', () => {
  const source = new FakeSource();
  const model = new Model();
  model.takeSnapshot(snapshotOf(new FakeSource({ receivers: ['old'] })));
  model.takeSnapshot(snapshotOf(source));
  expect([...model.inputs.values()].map(({ name }) => name)).toEqual([
    'kafka orders',
    'http clicks',
    'mqtt sensors',
  ]);
  const [newest] = model.rows;
  const next = { ...newest!, batchTime: newest!.batchTime + 1_000, state: 'running' as const };
  model.takeBatches({ batches: [next] });
  model.takeBatches({ batches: [{ ...next, state: 'succeeded' }] });
  expect(model.rows.slice(0, 2).map(({ batchTime, state }) => [batchTime, state])).toEqual([
    [next.batchTime, 'succeeded'],
    [newest!.batchTime, 'succeeded'],
  ]);
  model.takeInputs({ inputs: [{ ...model.inputs.get(1)!, state: 'restarting' }] });
  expect(model.inputs.get(1)?.state).toBe('restarting');
  model.takeVerdict({ ...model.summary!.verdict, level: 'failed' });
  expect(model.summary?.verdict.level).toBe('failed');
});

it('keeps at most 1,000 batches, the newest', () => {
  const model = new Model();
  model.takeSnapshot(snapshotOf(new FakeSource()));
  const [newest] = model.rows;
  for (let index = 1; index <= 1_500; index += 1) {
    model.takeBatches({ batches: [{ ...newest!, batchTime: newest!.batchTime + index * 1_000 }] });
  }
  expect(model.rows).toHaveLength(1_000);
  expect(model.rows[0]?.batchTime).toBe(newest!.batchTime + 1_500_000);
});

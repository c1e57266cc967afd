import { describe, expect, it } from 'vitest';
import { snapshotOf } from '../../../test/dashboard-answers.ts';
import { anyEngineState, anyInput, anyObservedBatch, BEHIND } from '../../../test/engine-states.ts';
import { LiveView } from './live-view.ts';

const STATE = anyEngineState({ inputs: [anyInput(), anyInput({ streamId: 1, name: 'http [1]' })] });
const SNAPSHOT = {
  name: 'snapshot',
  data:
    /^data: (.*)$/m.exec(
      snapshotOf({ state: STATE, batches: [anyObservedBatch({ batchTime: 1_000 })] }),
    )?.[1] ?? '',
};
const event = (name: string, data: unknown) => ({ name, data: JSON.stringify(data) });

describe('LiveView', () => {
  it('begins with a snapshot and follows changes', () => {
    const live = new LiveView();
    expect(live.take(event('batch', { batches: [] }))).toBe(false);
    expect(live.view).toBeUndefined();
    expect(live.take(SNAPSHOT)).toBe(true);
    expect(live.view).toMatchObject({ summary: { application: 'orders' }, batches: [{ batchTime: 1_000 }] });

    live.take(
      event('receiver', { inputs: [anyInput({ streamId: 1, name: 'http [1]', state: 'restarting' })] }),
    );
    expect(live.view?.inputs.map(({ name, state }) => [name, state])).toEqual([
      ['kafka orders [0]', 'active'],
      ['http [1]', 'restarting'],
    ]);

    live.take(event('verdict', BEHIND));
    expect(live.view?.summary.verdict.level).toBe('behind');

    const {
      inputs: _inputs,
      graph: _graph,
      timelines: _timelines,
      ...summary
    } = anyEngineState({ timeMs: 9 });
    const running = anyObservedBatch({ batchTime: 2_000, state: 'running' });
    live.take(
      event('batch', {
        summary,
        batches: [running, anyObservedBatch({ batchTime: 1_000, state: 'failed' })],
      }),
    );
    expect(live.view?.summary.timeMs).toBe(9);
    expect(live.view?.batches.map(({ batchTime, state }) => [batchTime, state])).toEqual([
      [2_000, 'running'],
      [1_000, 'failed'],
    ]);
  });

  it('begins anew with each snapshot', () => {
    const live = new LiveView();
    live.take(SNAPSHOT);
    live.take(event('snapshot', { schema: 1, summary: live.view?.summary, inputs: [], batches: [] }));
    expect(live.view).toMatchObject({ inputs: [], batches: [] });
  });

  it('keeps the newest 200 batches', () => {
    const live = new LiveView();
    live.take(SNAPSHOT);
    for (let from = 0; from < 1_000; from += 100) {
      const batches = Array.from({ length: 100 }, (_, index) =>
        anyObservedBatch({ batchTime: from + index }),
      );
      live.take(event('batch', { batches }));
    }
    expect(live.view?.batches).toHaveLength(200);
    expect(live.view?.batches[0]?.batchTime).toBe(1_000);
    expect(live.view?.batches.at(-1)?.batchTime).toBe(801);
  });

  it('ignores messages of other versions and kinds', () => {
    const live = new LiveView();
    for (const message of [
      event('snapshot', { schema: 2 }),
      event('snapshot', { schema: 1 }),
      event('snapshot', null),
    ])
      expect(live.take(message)).toBe(false);
    live.take(SNAPSHOT);
    expect(live.take(event('rumour', {}))).toBe(false);
    expect(() => live.take({ name: 'batch', data: 'no JSON' })).toThrow(SyntaxError);
  });
});

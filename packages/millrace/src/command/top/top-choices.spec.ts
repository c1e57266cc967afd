import { describe, expect, it } from 'vitest';
import { anyEngineState, anyInput, anyObservedBatch, anyOutput } from '../../../test/engine-states.ts';
import { afterKey, chosenView, FIRST_CHOICES, type TopChoices } from './top-choices.ts';

const key = (name: string, ctrl = false) => ({ name, ctrl, text: name.length === 1 && !ctrl ? name : '' });

function pressed(...names: readonly string[]): TopChoices {
  let choices = FIRST_CHOICES;
  for (const name of names) {
    const after = afterKey(choices, key(name));
    if (typeof after === 'string') throw new Error(after);
    choices = after;
  }
  return choices;
}

const VIEW = (() => {
  const {
    inputs: _inputs,
    graph: _graph,
    timelines: _timelines,
    ...summary
  } = anyEngineState({
    outputs: [anyOutput(), anyOutput({ id: 1, name: 'print at 4-orders' })],
  });
  const inputs = [
    anyInput({ name: 'b http', recordsPerSecond: 1, lagRecords: 7, restarts: 1, waitingRecords: 3 }),
    anyInput({ streamId: 1, name: 'a kafka orders', recordsPerSecond: 9, lagRecords: 1, waitingRecords: 2 }),
    anyInput({ streamId: 2, name: 'c socket', state: 'restarting', recordsPerSecond: 0, waitingRecords: 9 }),
    anyInput({
      streamId: 3,
      name: 'd files',
      isReceiver: false,
      state: 'failed',
      waitingRecords: 0,
      recordsPerSecond: 2,
    }),
  ];
  const batches = [
    anyObservedBatch({ batchTime: 4, processingDelayMs: 1_001 }),
    anyObservedBatch({ batchTime: 3, isRerun: true }),
    anyObservedBatch({ batchTime: 2, state: 'held' }),
    { ...anyObservedBatch({ batchTime: 1 }), failedOutput: { name: 'write', message: 'no disk' } },
  ];
  return { summary, inputs, batches };
})();

const names = (choices: TopChoices) =>
  chosenView(VIEW, choices)
    .inputs.map(({ name }) => name[0])
    .join('');
const times = (choices: TopChoices) => chosenView(VIEW, choices).batches.map(({ batchTime }) => batchTime);

describe('the keys of top', () => {
  it('end the command', () => {
    expect(afterKey(FIRST_CHOICES, key('q'))).toBe('quit');
    expect(afterKey(FIRST_CHOICES, key('c', true))).toBe('interrupted');
    expect(afterKey(pressed('/'), key('c', true))).toBe('interrupted');
    expect(afterKey(FIRST_CHOICES, key('z', true))).toBe(FIRST_CHOICES);
    expect(afterKey(FIRST_CHOICES, key('x'))).toBe(FIRST_CHOICES);
  });

  it('change the order of inputs: troubles, rate, lag, waiting, restarts, name, and again', () => {
    const orders = Array.from({ length: 7 }, (_, times_) =>
      names(pressed(...Array<string>(times_).fill('s'))),
    );
    expect(orders).toEqual(['cbad', 'adbc', 'cdba', 'cbad', 'bacd', 'abcd', 'cbad']);
  });

  it('filter batches: all, failed, slow, re-run, and again', () => {
    const filters = Array.from({ length: 5 }, (_, times_) =>
      times(pressed(...Array<string>(times_).fill('f'))),
    );
    expect(filters).toEqual([[4, 3, 2, 1], [2, 1], [4], [3], [4, 3, 2, 1]]);
  });

  it('search inputs and outputs by name', () => {
    const choices = pressed('/', 'O', 'r', 'x', 'backspace', 'd');
    expect(choices).toMatchObject({ search: 'Ord', isTyping: true });
    const view = chosenView(VIEW, choices);
    expect([view.inputs.length, view.summary.outputs.map(({ id }) => id)]).toEqual([1, [1]]);
    expect(pressed('/', 'q', 's', 'return')).toMatchObject({
      search: 'qs',
      isTyping: false,
      order: 'attention',
    });
    expect(pressed('/', 'q', 'escape')).toEqual(FIRST_CHOICES);
    expect(pressed('/', 'q', 'return', 'escape')).toEqual(FIRST_CHOICES);
    expect(pressed('/', ...Array<string>(99).fill('x')).search).toHaveLength(60);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TaskQueue } from './task-queue.ts';

interface One {
  readonly rank?: number;
  readonly name: number;
}

const all = (line: TaskQueue<One>) => Array.from({ length: line.length }, (_, place) => line.at(place));

describe('TaskQueue', () => {
  it('serves lower ranks first, and equal ranks in the order of arrival', () => {
    const line = new TaskQueue<One>();
    for (const [name, rank] of [2, 1, 2, 1].entries()) line.join({ name, rank });
    line.join({ name: 4 });
    expect(all(line).map((one) => one?.name)).toEqual([4, 1, 3, 0, 2]);
    expect(line.at(5)).toBeUndefined();
  });

  it('equals a sorted array, in any order of leaving and rejoining', () => {
    const joins = fc.record({ kind: fc.constant('join' as const), rank: fc.integer({ min: 0, max: 3 }) });
    const leaves = fc.record({ kind: fc.constant('leave' as const), place: fc.constantFrom(0, 0, 0, 1, 5) });
    const gone = fc.record({ kind: fc.constant('gone' as const), rank: fc.integer({ min: 0, max: 3 }) });
    const clears = fc.record({ kind: fc.constant('clear' as const) });
    const steps = fc.array(
      fc.oneof({ weight: 6, arbitrary: joins }, { weight: 4, arbitrary: leaves }, gone, clears),
      { maxLength: 60, size: 'max' },
    );
    fc.assert(
      fc.property(steps, (drawn) => {
        const line = new TaskQueue<One>();
        let model: One[] = [];
        for (const [name, step] of drawn.entries()) {
          if (step.kind === 'join') {
            const one = { name, rank: step.rank };
            line.join(one);
            model = [...model, one].toSorted((a, b) => (a.rank ?? 0) - (b.rank ?? 0));
          } else if (step.kind === 'leave' && step.place < model.length) {
            line.leave(step.place);
            model = model.toSpliced(step.place, 1);
          } else if (step.kind === 'gone') {
            const leaving = new Set(model.filter(({ rank }) => rank === step.rank));
            line.leaveAll(leaving);
            model = model.filter((one) => !leaving.has(one));
          } else if (step.kind === 'clear') {
            expect(line.clear()).toEqual(model);
            model = [];
          }
          expect(all(line)).toEqual(model);
        }
      }),
    );
  });

  it('keeps its order beyond the thousand served entries that are removed at once', () => {
    const line = new TaskQueue<One>();
    for (let name = 0; name < 3_000; name += 1) line.join({ name, rank: 1 });
    for (let name = 0; name < 2_500; name += 1) {
      expect(line.at(0)?.name).toBe(name);
      line.leave(0);
    }
    line.join({ name: -1, rank: 0 });
    expect(line.at(0)?.name).toBe(-1);
    expect(line.at(1)?.name).toBe(2_500);
    expect(line.length).toBe(501);
  });
});

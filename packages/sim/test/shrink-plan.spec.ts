import { expect, it } from 'vitest';
import { drawPlan } from '../src/draw-plan.ts';
import { FAULT_KINDS, type EventTimePlan, type Plan } from '../src/plan.ts';
import { shrinkPlan } from '../src/shrink-plan.ts';

const plan = drawPlan('4', { faults: FAULT_KINDS });

it('keeps the parts of a plan that break the promise', async () => {
  const trial = async ({ endings }: Plan) => (endings.some(({ part }) => part === 'driver') ? ['WAL-1'] : []);
  const smallest = await shrinkPlan(plan, 'WAL-1', trial);
  expect(smallest).toMatchObject({ streams: [{ recordsPerSecond: 20 }], graphs: [], disk: {}, executors: 0 });
  expect(smallest.endings.map(({ part, downMs }) => [part, downMs])).toEqual([['driver', 0]]);
});

it('keeps the parts of event-time windows that break the promise', async () => {
  const eventTime: EventTimePlan = {
    windows: { kind: 'session', gapMs: 60 },
    allowedLatenessMs: 300,
    sources: 'each',
    timestamps: { outOfOrdernessMs: 100, idleAfterMs: 300, idleAdvanceMs: 250 },
    partitions: 3,
  };
  const trial = async (smaller: Plan) =>
    smaller.eventTime?.timestamps.idleAfterMs === undefined ? [] : ['STA-1'];
  const smallest = await shrinkPlan({ ...plan, eventTime }, 'STA-1', trial);
  expect(smallest.eventTime).toEqual({
    windows: { kind: 'session', gapMs: 60 },
    allowedLatenessMs: 0,
    sources: 'together',
    timestamps: { outOfOrdernessMs: 100, idleAfterMs: 300, idleAdvanceMs: 0 },
    partitions: 1,
  });
});

it('keeps the versions of a program that break the promise', async () => {
  const program = { nodes: [], outputs: [], parallelism: [1] };
  const versions = [{ program, refusedWith: 'MR_GRAPH_WINDOW_CHANGED' }, { program }];
  const trial = async (smaller: Plan) =>
    smaller.versions?.some(({ refusedWith }) => refusedWith !== undefined) === true ? ['STA-1'] : [];
  const smallest = await shrinkPlan({ ...plan, program, versions }, 'STA-1', trial);
  expect(smallest.versions).toEqual(versions.slice(0, 1));
});

it('preserves the promise that was broken first', async () => {
  const trial = async ({ endings }: Plan) => (endings.length === plan.endings.length ? ['WAL-1'] : ['BAT-2']);
  expect((await shrinkPlan(plan, 'WAL-1', trial)).endings).toHaveLength(plan.endings.length);
});

it('gives up after a bounded number of tries', async () => {
  let tries = 0;
  const trial = async () => {
    tries += 1;
    return [];
  };
  await shrinkPlan(plan, 'WAL-1', trial, { triesMax: 7 });
  expect(tries).toBe(7);
});

import { describe, expect, it } from 'vitest';
import { drawPlan } from '../src/draw-plan.ts';
import type { Plan } from '../src/plan.ts';
import { runPlan } from '../src/run-plan.ts';

const seeds = Array.from({ length: 200 }, (_, index) => `${index + 1}`);

describe('plans that skip batches', () => {
  const plans = seeds.map((seed) => drawPlan(seed)).filter(({ onBatchFailure }) => onBatchFailure === 'skip');

  it('are drawn when nothing fails but the code of outputs', () => {
    expect(plans.length).toBeGreaterThan(5);
    for (const { jobFailureRate, disk, failing, channels } of plans) {
      expect(jobFailureRate).toBeGreaterThan(0);
      expect(disk).not.toMatchObject({ append: expect.any(Number) });
      expect([failing, channels.loss]).toEqual([undefined, undefined]);
    }
  });

  it('keep every promise, and the engine reports skipped batches', async () => {
    // All attempts fail, so only the input is promised.
    const [plan] = plans.filter(({ graphs }) => graphs.includes('reduce'));
    const skipping = { ...plan, jobFailureRate: 1 } as NonNullable<typeof plan>;
    const { violations, lines } = await runPlan(skipping);
    expect(violations).toEqual([]);
    expect(lines.some((line) => line.includes('batch failed'))).toBe(true);
  });

  it('are not drawn when jobs may not fail', () => {
    const reactions = seeds.map((seed) => drawPlan(seed, { faults: ['driver-death'] }).onBatchFailure);
    expect(reactions).not.toContain('skip');
  });
});

describe('plans with permanent refusals of the disk', () => {
  const refusing = seeds.map((seed) => drawPlan(seed, { faults: ['lasting-refusal'] }));
  const plans = refusing.filter(({ lasting }) => lasting !== undefined);

  it('keep acknowledged data beyond the life of the driver', () => {
    expect(plans.length).toBeGreaterThan(20);
    expect(plans.map(({ durability }) => durability)).not.toContain('memory');
    const paths = plans.flatMap(({ lasting = [] }) => lasting.map(({ path }) => path));
    expect(new Set(paths)).toEqual(new Set(['/received-block-metadata/', '/blocks', '/checkpoint-']));
  });

  it.each(['/received-block-metadata/', '/blocks', '/checkpoint-'])(
    'end with this error, and continue in the next life (%s)',
    async (path) => {
      const [plan] = plans.filter(({ streams }) => streams.every(({ source }) => source === 'acknowledged'));
      const lasting = [{ life: 1, operation: 'append', path, after: 1 } as const];
      const { violations, lines } = await runPlan({ ...plan, lasting, checkpoints: true } as Plan);
      expect(violations).toEqual([]);
      const ends = lines.filter((line) => /driver-\d+ (ended|starts)/.test(line));
      expect(ends).toEqual([
        expect.stringContaining('driver-1 starts'),
        expect.stringMatching(/driver-1 ended: MR_STORAGE_DENIED: could not append/),
        expect.stringContaining('driver-2 starts'),
      ]);
    },
  );
});

describe('plans with other numbers of executors in later lives', () => {
  const plans = seeds.map((seed) => drawPlan(seed)).filter((plan) => plan.executorsByLife !== undefined);

  it('begin with the drawn number, and have at least one executor in each life', () => {
    expect(plans.length).toBeGreaterThan(10);
    for (const { executors, executorsByLife = [] } of plans) {
      expect(executorsByLife[0]).toBe(executors);
      expect(Math.min(...executorsByLife)).toBe(1);
    }
    const forced = seeds.map((seed) => drawPlan(seed, { forced: { executors: 2 } }));
    expect(forced.map(({ executorsByLife }) => executorsByLife)).not.toContainEqual(expect.any(Array));
  });

  it('keep every promise when later lives have fewer and more executors', async () => {
    const [plan] = plans.filter(({ durability }) => durability !== 'memory');
    const death = { part: 'driver', after: { ms: 500 }, downMs: 20 } as const;
    const lives = { executors: 3, executorsByLife: [3, 1, 2], endings: [death, death], loadMs: 2_000 };
    const { violations, lines } = await runPlan({ ...plan, ...lives } as Plan, undefined);
    expect(violations).toEqual([]);
    expect(lines.filter((line) => /driver-\d+ starts/.test(line)).length).toBeGreaterThanOrEqual(3);
  });
});

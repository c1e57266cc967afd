// Drivers that die at any step, over and over: the output must equal the output of a driver without deaths.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NumberSource, RestartWorld, type RestartWorldOptions } from '../../test/restart-world.ts';
import type { StandaloneContextOptions } from './context-options.ts';
import type { StreamingContext } from './streaming-context.ts';

const WINDOW_MS = 3_000;

/** Times of death, and the time until the replacement. */
const deaths = fc.array(fc.record({ steps: fc.integer({ min: 1, max: 120 }), downMs: fc.nat(3_500) }), {
  minLength: 1,
  maxLength: 5,
});

/** As `deaths`, with a wall clock that is set in the middle of each life. */
const deathsAndSteps = fc.array(
  fc.record({
    steps: fc.integer({ min: 1, max: 160 }),
    downMs: fc.nat(9_500),
    setAt: fc.nat(60),
    setMs: fc.integer({ min: -20, max: 20 }).map((count) => count * 500),
  }),
  { minLength: 1, maxLength: 4 },
);

interface PlannedLife {
  readonly steps: number;
  readonly downMs: number;
  /** Number of turns before the wall clock is set, and the size of the step. */
  readonly setAt?: number;
  readonly setMs?: number;
}

interface Outcome {
  readonly source: NumberSource;
  /** Number of durable blocks that are still present. */
  readonly storedBlocks: number;
  /** By batch time, as in an idempotent sink. */
  readonly batches: ReadonlyMap<number, readonly number[]>;
  readonly windows: ReadonlyMap<number, readonly number[]>;
}

/** Runs driver after driver until one survives, then lets it finish. */
async function runThrough(
  plan: readonly PlannedLife[],
  replayable: boolean,
  options: RestartWorldOptions & {
    readonly readsRanges?: boolean;
    readonly context?: Partial<StandaloneContextOptions>;
  } = {},
): Promise<Outcome> {
  const { readsRanges = false, context = {} } = options;
  const world = new RestartWorld(options);
  const source = new NumberSource();
  const [batches, windows] = [new Map<number, number[]>(), new Map<number, number[]>()];
  const program = (ssc: StreamingContext): void => {
    const step = world.step();
    const save = (to: Map<number, number[]>, batchTime: number, records: number[]) => {
      // A batch that runs again must come to the same result (BAT-4).
      if (to.has(batchTime)) expect(records).toEqual(to.get(batchTime));
      to.set(batchTime, records);
    };
    const isAlive = () => !world.isDead;
    const numbers = ssc.receiverStream(source.receiver({ replayable, isAlive, readsRanges }));
    numbers.foreachRDD(async (rdd, { batchTime }) => {
      const records = await rdd.collect();
      await step();
      save(batches, batchTime, records);
      await step();
    });
    numbers.window(WINDOW_MS, 2_000).foreachRDD(async (rdd, { batchTime }) => {
      const records = await rdd.collect();
      await step();
      save(windows, batchTime, records);
    });
  };
  for (const { steps, downMs, setAt, setMs = 0 } of plan) {
    const life = world.begin(program, context, steps);
    void life.ssc.start();
    for (let turn = 0; turn < 100 && !world.isDead; turn += 1) {
      source.produced += 1;
      if (turn === setAt) {
        await world.pass(undefined, setMs);
        if (!world.isDead) await life.clock.setWallTime(world.nowMs);
      }
      await world.pass(life, 100);
    }
    if (!world.isDead) world.kill();
    await world.pass(undefined, downMs);
  }
  const last = world.begin(program, context);
  await last.ssc.start();
  for (let turn = 0; turn < 30; turn += 1) {
    source.produced += 1;
    await world.pass(last, 100);
  }
  await world.pass(last, 1_000);
  expect((await last.ssc.stop()).isClean).toBe(true);
  return { source, batches, windows, storedBlocks: world.blocks.size };
}

function inOrder(batches: Outcome['batches']): [number, readonly number[]][] {
  return [...batches].toSorted(([a], [b]) => a - b);
}

function expectEveryBatchOnce({ batches }: Outcome): void {
  const times = inOrder(batches).map(([time]) => time);
  const first = times[0] ?? 0;
  expect(times).toEqual(times.map((_, index) => first + index * 1_000));
}

function expectWholeWindows({ batches, windows }: Outcome): void {
  for (const [time, records] of windows) {
    const inside = inOrder(batches).filter(([batch]) => batch > time - WINDOW_MS && batch <= time);
    expect(records).toEqual(inside.flatMap(([, numbers]) => numbers));
  }
}

describe('a driver that dies at any step', () => {
  it('takes every record of a replayable source exactly once, in order (BAT-1, BAT-2, BAT-4)', async () => {
    await fc.assert(
      fc.asyncProperty(deaths, async (plan) => {
        const outcome = await runThrough(plan, true);
        const all = inOrder(outcome.batches).flatMap(([, numbers]) => numbers);
        expect(all).toEqual(Array.from({ length: outcome.source.produced }, (_, n) => n));
        expectEveryBatchOnce(outcome);
        expectWholeWindows(outcome);
      }),
      { numRuns: 60 },
    );
  });

  it('takes every record once when only ranges are logged, and stores no data (BAT-1, BAT-4)', async () => {
    await fc.assert(
      fc.asyncProperty(deaths, fc.boolean(), async (plan, hasCheckpoints) => {
        const outcome = await runThrough(plan, true, { hasCheckpoints, readsRanges: true });
        const all = inOrder(outcome.batches).flatMap(([, numbers]) => numbers);
        expect(all).toEqual(Array.from({ length: outcome.source.produced }, (_, n) => n));
        expectEveryBatchOnce(outcome);
        expectWholeWindows(outcome);
        expect(outcome.storedBlocks).toBe(0);
      }),
      { numRuns: 30 },
    );
  });

  it('loses no acknowledged record and gives each block to one batch (REC-1, BAT-1)', async () => {
    await fc.assert(
      fc.asyncProperty(deaths, async (plan) => {
        const outcome = await runThrough(plan, false);
        const all = new Set(inOrder(outcome.batches).flatMap(([, numbers]) => numbers));
        expect(outcome.source.acknowledged.filter((n) => !all.has(n))).toEqual([]);
        expect(all.size).toBe(outcome.source.produced);
        expectEveryBatchOnce(outcome);
        expectWholeWindows(outcome);
      }),
      { numRuns: 40 },
    );
  });

  it('recovers from its log alone when there are no checkpoints', async () => {
    await fc.assert(
      fc.asyncProperty(deaths, async (plan) => {
        const outcome = await runThrough(plan, true, { hasCheckpoints: false });
        const all = inOrder(outcome.batches).flatMap(([, numbers]) => numbers);
        expect(all).toEqual(Array.from({ length: outcome.source.produced }, (_, n) => n));
        expectEveryBatchOnce(outcome);
        expectWholeWindows(outcome);
      }),
      { numRuns: 40 },
    );
  });

  it.each([
    ['and all that was missed is made up for', {}],
    ['and what was missed is skipped', { missedBatches: 'skip' as const }],
    ['and more than two missed batches are skipped', { missedBatches: { limit: 2 } }],
  ])('takes every record once while its wall clock is set, %s (BAT-1, BAT-2, BAT-4)', async (_, batches) => {
    await fc.assert(
      fc.asyncProperty(deathsAndSteps, fc.boolean(), async (plan, hasCheckpoints) => {
        const outcome = await runThrough(plan, true, { hasCheckpoints, context: { batches } });
        const all = inOrder(outcome.batches).flatMap(([, numbers]) => numbers);
        expect(all).toEqual(Array.from({ length: outcome.source.produced }, (_n, n) => n));
        expectWholeWindows(outcome);
        if (Object.keys(batches).length === 0) expectEveryBatchOnce(outcome);
      }),
      { numRuns: 40 },
    );
  });
});

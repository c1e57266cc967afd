// Drivers that die at any step while windows slide by an inverse function: afterwards a window must equal the
// window recomputed from its batches, whatever snapshots existed by then.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NumberSource, RestartWorld, type RestartWorldOptions } from '../../test/restart-world.ts';
import type { StreamingContext } from './streaming-context.ts';

const add = (a: number, b: number) => a + b;
const subtract = (a: number, b: number) => a - b;

/** Window and slide in seconds: longer, shorter, and not a multiple of the slide. */
const spans = fc.constantFrom([3, 1], [4, 2], [3, 2], [2, 3], [1, 1]);
const deaths = fc.array(fc.record({ steps: fc.integer({ min: 5, max: 150 }), downMs: fc.nat(3_500) }), {
  minLength: 1,
  maxLength: 4,
});

interface Outcome {
  readonly batches: ReadonlyMap<number, readonly number[]>;
  readonly windows: ReadonlyMap<number, readonly [number, number][]>;
}

/**
 * Runs driver after driver until the last one survives. Returns sums of the numbers of each window, by their
 * remainders.
 */
async function runThrough(
  plan: readonly { readonly steps: number; readonly downMs: number }[],
  options: RestartWorldOptions & { span: readonly number[]; hasFilter: boolean },
): Promise<Outcome> {
  const world = new RestartWorld(options);
  const source = new NumberSource();
  const [batches, windows] = [new Map<number, number[]>(), new Map<number, [number, number][]>()];
  const [windowMs = 0, slideMs = 0] = options.span.map((seconds) => seconds * 1_000);
  const program = (ssc: StreamingContext): void => {
    const step = world.step();
    const numbers = ssc.receiverStream(source.receiver({ replayable: true, isAlive: () => !world.isDead }));
    numbers.foreachRDD(async (rdd, { batchTime }) => {
      const records = await rdd.collect();
      await step();
      batches.set(batchTime, records);
    });
    const filter = options.hasFilter ? ([key]: [number, number]) => key !== 1 : undefined;
    numbers
      .map((n) => [Math.floor(n / 7) % 5, n])
      .reduceByKeyAndWindow(add, windowMs, slideMs, { inverse: subtract, filter })
      .uid('sums')
      .foreachRDD(async (rdd, { batchTime }) => {
        const records = (await rdd.collect()).toSorted(([a], [b]) => a - b);
        await step();
        // A batch that runs again must come to the same result (BAT-4, STA-1).
        if (windows.has(batchTime)) expect(records).toEqual(windows.get(batchTime));
        windows.set(batchTime, records);
      });
  };
  const contextOptions = { defaultParallelism: 2 };
  for (const { steps, downMs } of plan) {
    const life = world.begin(program, contextOptions, steps);
    void life.ssc.start();
    for (let turn = 0; turn < 100 && !world.isDead; turn += 1) {
      source.produced += 1;
      await world.pass(life, 100);
    }
    if (!world.isDead) world.kill();
    await world.pass(undefined, downMs);
  }
  const last = world.begin(program, contextOptions);
  await last.ssc.start();
  for (let turn = 0; turn < 50; turn += 1) {
    source.produced += 1;
    await world.pass(last, 100);
  }
  expect((await last.ssc.stop()).isClean).toBe(true);
  return { batches, windows };
}

/** The expected windows; with `keysStay` also the keys that have left. */
function expected(
  { batches, windows }: Outcome,
  windowMs: number,
  options: { readonly keysStay: boolean; readonly hides?: number },
): Map<number, [number, number][]> {
  const result = new Map<number, [number, number][]>();
  const stay = new Set<number>();
  for (const time of [...windows.keys()].toSorted((a, b) => a - b)) {
    const sums = new Map<number, number>(options.keysStay ? [...stay].map((key) => [key, 0]) : []);
    for (const [batchTime, numbers] of batches) {
      if (batchTime <= time - windowMs || batchTime > time) continue;
      for (const n of numbers) {
        const key = Math.floor(n / 7) % 5;
        sums.set(key, (sums.get(key) ?? 0) + n);
        stay.add(key);
      }
    }
    if (options.hides !== undefined) sums.delete(options.hides);
    result.set(
      time,
      [...sums].toSorted(([a], [b]) => a - b),
    );
  }
  return result;
}

describe('a window with an inverse function whose driver dies at any step', () => {
  it('continues as if no driver had died, keys that stay included (STA-1)', async () => {
    await fc.assert(
      fc.asyncProperty(deaths, spans, async (plan, span) => {
        const outcome = await runThrough(plan, { span, hasFilter: false });
        const windowMs = (span[0] ?? 0) * 1_000;
        expect(outcome.windows).toEqual(expected(outcome, windowMs, { keysStay: true }));
      }),
      { numRuns: 30 },
    );
  });

  it('recovers from the recorded batches alone when there are no checkpoints', async () => {
    await fc.assert(
      fc.asyncProperty(deaths, spans, async (plan, span) => {
        const outcome = await runThrough(plan, { span, hasFilter: true, hasCheckpoints: false });
        const windowMs = (span[0] ?? 0) * 1_000;
        expect(outcome.windows).toEqual(expected(outcome, windowMs, { keysStay: false, hides: 1 }));
      }),
      { numRuns: 30 },
    );
  });
});

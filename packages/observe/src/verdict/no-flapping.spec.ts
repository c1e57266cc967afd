import { SeededRandom } from '@millrace/core';
import { expect, it } from 'vitest';
import { VirtualEngine } from '../../test/virtual-engine.ts';

/** The times at which the title of the verdict changed, over a noisy load on one worker. */
async function changesUnder(
  seed: number,
  loadAt: (batch: number) => number,
  intervalMs: number,
): Promise<string[]> {
  const random = new SeededRandom(seed);
  const engine = new VirtualEngine({ intervalMs });
  engine.start();
  const titles: string[] = [];
  let waitMs = 0;
  const batches = 800;
  for (let index = 0; index < batches; index += 1) {
    // Processing times with a long tail, and now and then a pause of 100 ms.
    const noise = 0.5 + random.next() + (random.next() < 0.05 ? 1.5 * random.next() : 0);
    const pauseMs = random.next() < 0.005 ? 100 : 0;
    const processMs = intervalMs * loadAt(index) * noise + pauseMs;
    await engine.run({ waitMs, processMs });
    waitMs = Math.max(0, waitMs + processMs - intervalMs);
    const { rule } = engine.observer.verdict();
    if (titles.at(-1) !== rule) titles.push(rule);
  }
  return titles;
}

const SEEDS = [1, 2, 3];

it.each(SEEDS)('says "keeping up" throughout under a noisy load of 0.7 (seed %i)', async (seed) => {
  expect(await changesUnder(seed, () => 0.7, 1_000)).toEqual(['keeping-up']);
  expect(await changesUnder(seed, () => 0.5, 10)).toEqual(['keeping-up']);
});

it.each(SEEDS)(
  'falls behind once and recovers once under a noisy load with a peak (seed %i)',
  async (seed) => {
    const peak = (batch: number): number => (batch >= 300 && batch < 400 ? 1.6 : 0.5);
    expect(await changesUnder(seed, peak, 1_000)).toEqual(['keeping-up', 'falling-behind', 'keeping-up']);
  },
);

it.each(SEEDS)('says "falling behind" throughout under a noisy load of 1.3 (seed %i)', async (seed) => {
  const titles = await changesUnder(seed, () => 1.3, 1_000);
  expect(titles).toEqual(['keeping-up', 'falling-behind']);
});

it.each(SEEDS)('changes at most once in 50 batches at the edge, a load of 0.96 (seed %i)', async (seed) => {
  const titles = await changesUnder(seed, () => 0.92, 1_000);
  expect(titles.length).toBeLessThanOrEqual(17);
});

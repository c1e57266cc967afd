import { describe, expect, it } from 'vitest';
import { type Damage, DAMAGES, damageRun } from './damage-run.ts';
import { failuresOf, isSingleSeed, timeoutOf } from './seeded-runs.ts';

const COUNT = 1_500;

describe('a log whose files are damaged', () => {
  it(
    'reports damage, returns the undamaged entries, and misreads nothing (WAL-2)',
    async () => {
      const reported = new Map<Damage, number>();
      const run = async (seed: number) => {
        const { damage, isReported } = await damageRun(seed);
        if (isReported) reported.set(damage, (reported.get(damage) ?? 0) + 1);
      };
      expect(await failuresOf({ count: COUNT, file: 'damage.spec', run })).toEqual([]);
      // Bytes added behind the end of a segment are not damage: recovery does not read these bytes.
      const expected = DAMAGES.filter((damage) => damage !== 'longer');
      if (!isSingleSeed) expect(expected.filter((damage) => (reported.get(damage) ?? 0) < 10)).toEqual([]);
    },
    timeoutOf(COUNT),
  );
});

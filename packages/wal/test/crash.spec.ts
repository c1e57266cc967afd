import { type FaultKind, FaultTally } from '@millrace/testing';
import { describe, expect, it } from 'vitest';
import { crashRun } from './crash-run.ts';
import { failuresOf, isSingleSeed, timeoutOf } from './seeded-runs.ts';

const COUNT = 1_500;

/** The kinds of faults that must have happened; otherwise the runs prove less than the title says. */
const KINDS: readonly FaultKind[] = [
  'short append',
  'failed append',
  'failed sync',
  'failed truncate',
  'failed syncDirectory',
  'failed open',
  'failed read',
  'failed rename',
  'failed remove',
  'failed list',
  'failed stat',
  'failed makeDirectory',
  'failed lock',
  'full disk',
  'lost page',
  'old page',
  'torn page',
  'lost before kept',
  'lost name',
  'cut off',
];

describe('a log on a faulty disk', () => {
  it(
    'keeps WAL-1 to WAL-4 through crashes, failures and full disks',
    async () => {
      const tally = new FaultTally();
      const run = (seed: number) => crashRun(seed, tally);
      expect(await failuresOf({ count: COUNT, file: 'crash.spec', run })).toEqual([]);
      if (!isSingleSeed) expect(KINDS.filter((kind) => tally.of(kind) < 10)).toEqual([]);
    },
    timeoutOf(COUNT),
  );
});

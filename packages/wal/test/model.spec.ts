import { describe, expect, it } from 'vitest';
import { healthyRun } from './healthy-run.ts';
import { failuresOf, timeoutOf } from './seeded-runs.ts';

const COUNT = 2_000;

describe('a log on a working disk', () => {
  it(
    'equals a durable list under any operations in any order (WAL-1, WAL-2, WAL-4)',
    async () => {
      expect(await failuresOf({ count: COUNT, file: 'model.spec', run: healthyRun })).toEqual([]);
    },
    timeoutOf(COUNT),
  );
});

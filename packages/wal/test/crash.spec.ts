import { describe, expect, it } from 'vitest';
import { crashRun } from './crash-run.ts';

/** How many seeds; more by MILLRACE_WAL_SEEDS=20000, one by MILLRACE_WAL_SEED=17. */
const SEEDS = Number(process.env['MILLRACE_WAL_SEEDS'] ?? 1_500);
const ONLY_SEED = process.env['MILLRACE_WAL_SEED'];

function repeatCommand(seed: number): string {
  return `MILLRACE_WAL_SEED=${seed} npx vitest run --project @millrace/wal crash.spec`;
}

describe('a log on a faulty disk', () => {
  it(
    'keeps WAL-1 to WAL-4 through crashes, failures and full disks',
    async () => {
      const seeds =
        ONLY_SEED === undefined ? Array.from({ length: SEEDS }, (_, seed) => seed) : [Number(ONLY_SEED)];
      const failures: string[] = [];
      for (const seed of seeds) {
        await crashRun(seed).catch((error: unknown) => {
          failures.push(`seed ${seed}: ${String(error)}\n  repeat with: ${repeatCommand(seed)}`);
        });
        if (failures.length >= 3) break;
      }
      expect(failures).toEqual([]);
    },
    60_000 + SEEDS * 100,
  );
});

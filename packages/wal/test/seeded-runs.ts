// Many runs that are functions of a seed, with one command to repeat a failed run. All such tests of this package use
// this file, so that all obey the same two variables:
//
//   MILLRACE_WAL_SEEDS=20000   this number of seeds for each test, instead of the few of every check
//   MILLRACE_WAL_SEED=17       this seed only

/** The runs and their number. */
export interface SeededRuns {
  /** The number of seeds by default. */
  readonly count: number;
  /** The part of the file's name by which the test runner finds the file, for the command. */
  readonly file: string;
  /** One run. Everything in the run is a function of the seed. @throws on the first broken promise. */
  readonly run: (seed: number) => Promise<void>;
}

/** More failures than this add no information. */
const FAILURES_MAX = 3;

/** True when a single seed was requested: then nothing can be checked over all runs together. */
export const isSingleSeed: boolean = process.env['MILLRACE_WAL_SEED'] !== undefined;

/** The time limit of a test of this number of seeds, in ms. */
export function timeoutOf(count: number): number {
  return 60_000 + seedsOf(count).length * 100;
}

/** Runs the seeds and lists the failures, each with the command that repeats the run. */
export async function failuresOf({ count, file, run }: SeededRuns): Promise<readonly string[]> {
  const failures: string[] = [];
  for (const seed of seedsOf(count)) {
    await run(seed).catch((error: unknown) => {
      const command = `MILLRACE_WAL_SEED=${seed} npx vitest run --project @millrace/wal ${file}`;
      failures.push(`seed ${seed}: ${String(error)}\n  repeat with: ${command}`);
    });
    if (failures.length >= FAILURES_MAX) break;
  }
  return failures;
}

function seedsOf(count: number): readonly number[] {
  const { MILLRACE_WAL_SEED: only, MILLRACE_WAL_SEEDS: seeds } = process.env;
  if (only !== undefined) return [Number(only)];
  return Array.from({ length: Number(seeds ?? count) }, (_, seed) => seed);
}

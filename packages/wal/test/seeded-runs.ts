// Runs that are functions of a seed, many of them, with one command to repeat the one that failed. All such tests of
// this package go through here, so that they listen to the same two variables:
//
//   MILLRACE_WAL_SEEDS=20000   that many seeds for each test, instead of the few that every check affords
//   MILLRACE_WAL_SEED=17       this seed only

/** What to run, and how often. */
export interface SeededRuns {
  /** How many seeds when nobody says otherwise. */
  readonly count: number;
  /** The part of the file's name by which the test runner finds it, for the command. */
  readonly file: string;
  /** One run. Everything in it is a function of the seed. @throws on the first thing that is not as promised. */
  readonly run: (seed: number) => Promise<void>;
}

/** More failures than this say nothing more. */
const FAILURES_MAX = 3;

/** Whether a single seed was asked for: then nothing can be said about all runs together. */
export const isSingleSeed: boolean = process.env['MILLRACE_WAL_SEED'] !== undefined;

/** How long a test of so many seeds may take, in ms. */
export function timeoutOf(count: number): number {
  return 60_000 + seedsOf(count).length * 100;
}

/** Runs the seeds and lists what failed, each with the command that repeats it. */
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

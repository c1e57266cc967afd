// Compares the program of an executor with the driver's. The digests say whether they differ, the lines say where.
import { threadsError } from './threads-errors.ts';

/** A program as it describes itself. */
export interface ProgramShape {
  readonly fingerprint: string;
  readonly shape: readonly string[];
}

/** Lines of each side that a message tells; more are in none. */
const TOLD_MAX = 20;

/** The refusal, with what only one side has; undefined when both are the same. */
export function programDifference(driver: ProgramShape, executor: ProgramShape): Error | undefined {
  if (driver.fingerprint === executor.fingerprint) return undefined;
  const onlyDriver = without(driver.shape, executor.shape);
  const onlyExecutor = without(executor.shape, driver.shape);
  return threadsError(
    'MR_THREADS_PROGRAM_DIFFERS',
    'driver and executor must build the same graph, but ' +
      `only the driver has ${listed(onlyDriver)}, only the executor has ${listed(onlyExecutor)}; ` +
      'the graph must not depend on random values, time or isDriver',
    { details: { onlyDriver, onlyExecutor } },
  );
}

function without(lines: readonly string[], others: readonly string[]): readonly string[] {
  const known = new Set(others);
  return lines.filter((line) => !known.has(line)).slice(0, TOLD_MAX);
}

function listed(lines: readonly string[]): string {
  return lines.length === 0 ? 'nothing more' : lines.map((line) => `"${line}"`).join(', ');
}

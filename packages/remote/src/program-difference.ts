// Compares the program of an executor with the driver's. The digests decide equality, the lines show the differences.
import { remoteError } from './remote-errors.ts';

/** The description of a program. */
export interface ProgramShape {
  readonly fingerprint: string;
  readonly shape: readonly string[];
}

/** The number of lines per side in a message; further lines are omitted. */
const LISTED_MAX = 20;

/** The refusal, with the lines of only one side; undefined for equal programs. */
export function programDifference(driver: ProgramShape, executor: ProgramShape): Error | undefined {
  if (driver.fingerprint === executor.fingerprint) return undefined;
  const onlyDriver = without(driver.shape, executor.shape);
  const onlyExecutor = without(executor.shape, driver.shape);
  return remoteError(
    'MR_REMOTE_PROGRAM_DIFFERS',
    'driver and executor must build the same graph, but ' +
      `only the driver has ${listed(onlyDriver)}, only the executor has ${listed(onlyExecutor)}; ` +
      'the graph must not depend on random values, time or isDriver',
    { details: { onlyDriver, onlyExecutor } },
  );
}

function without(lines: readonly string[], others: readonly string[]): readonly string[] {
  const known = new Set(others);
  return lines.filter((line) => !known.has(line)).slice(0, LISTED_MAX);
}

function listed(lines: readonly string[]): string {
  return lines.length === 0 ? 'nothing more' : lines.map((line) => `"${line}"`).join(', ');
}

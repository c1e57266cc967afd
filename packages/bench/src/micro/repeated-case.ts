// A case of plain work: a function that is called again and again, with a turn of the event loop after each call.
import type { BenchCase } from '../runner/suite.ts';

/** Makes a case of a function that does so many operations. What it answers is looked at, so that nothing is left out. */
export function repeatedCase(
  name: string,
  operations: number,
  work: () => unknown,
  close: () => Promise<void> = async () => {},
): BenchCase {
  return {
    name,
    operations,
    run: async () => {
      if ((await work()) === undefined) throw new Error(`${name} came to nothing`);
    },
    close,
  };
}

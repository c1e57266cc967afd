// A case of plain work: repeated calls of a function, with a turn of the event loop after each call.
import type { BenchCase } from '../runner/suite.ts';

/**
 * Makes a case of a function with this number of operations. The result is checked, so that no work is optimised away.
 */
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

// A case of plain work: repeated calls of a function, with a turn of the event loop after each call.
import type { BenchCase } from '../runner/suite.ts';

/** The last of this number of results of a function. */
export function repeated(count: number, once: () => unknown): unknown {
  let last: unknown;
  for (let time = 0; time < count; time += 1) last = once();
  return last;
}

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

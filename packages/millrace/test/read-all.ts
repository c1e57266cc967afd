// All values of an asynchronous iterable.

/** Reads to the end. */
export async function readAll<T>(values: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}

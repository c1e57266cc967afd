// Yields the members of lists one by one. An equivalent async generator would cost several turns of the promise queue
// for each member; recovery of a log reads millions.

/**
 * Iterates over the members of the lists of `source`, in order. Ending early ends the source.
 *
 * For one consumer, with one call of `next` at a time, like `for await`.
 */
export function oneByOne<T>(source: AsyncGenerator<readonly T[], void, void>): AsyncIterableIterator<T> {
  let list: readonly T[] = [];
  let index = 0;
  const refill = async (): Promise<IteratorResult<T>> => {
    for (;;) {
      const next = await source.next();
      if (next.done === true) return { done: true, value: undefined };
      if (next.value.length === 0) continue;
      list = next.value;
      index = 1;
      return { done: false, value: list[0] as T };
    }
  };
  return {
    next: () => {
      if (index >= list.length) return refill();
      const value = list[index] as T;
      index += 1;
      return Promise.resolve({ done: false, value });
    },
    return: async () => {
      list = [];
      await source.return();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

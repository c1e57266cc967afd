// Gives the members of lists one by one. An async generator that did the same would cost several turns of the promise
// queue for each member; recovery of a log reads millions.

/**
 * Iterates over the members of the lists that `source` gives, in order. Ending early ends the source.
 *
 * Used by one consumer, one call of `next` at a time, as `for await` does.
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

// What an engine holds, as numbers: an account that runs over long before a bound is seen by nobody else. Parts name what
// they hold; sums and the two kinds are put together here.

/** Amounts by name. */
export type Amounts = Readonly<Record<string, number>>;

/** What an engine, or a part of it, holds at this moment. */
export interface Holdings {
  /**
   * What is under way: records between `store` and the handler, messages, decisions, tasks, batches, events. All of it is
   * 0 when an engine is quiet, and after a clean stop.
   */
  readonly underWay: Amounts;
  /**
   * What is kept for later batches: blocks, inputs, RDDs, cached partitions, shuffle outputs. In a program without windows,
   * state and persisted RDDs all of it is 0 some batches after the last record, once a checkpoint has followed; in others
   * it has a bound that does not grow with the number of batches.
   */
  readonly kept: Amounts;
}

/** Adds up holdings, amounts of one name with each other. */
export function sumOfHoldings(all: Iterable<Holdings>): Holdings {
  const underWay: Record<string, number> = {};
  const kept: Record<string, number> = {};
  for (const part of all) {
    addTo(underWay, part.underWay);
    addTo(kept, part.kept);
  }
  return { underWay, kept };
}

/** The names of what is held of these amounts, each with its number; empty at rest. */
export function notAtRest(amounts: Amounts): Amounts {
  return Object.fromEntries(Object.entries(amounts).filter(([, amount]) => amount !== 0));
}

function addTo(sum: Record<string, number>, amounts: Amounts): void {
  for (const [name, amount] of Object.entries(amounts)) sum[name] = (sum[name] ?? 0) + amount;
}

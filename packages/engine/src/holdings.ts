// The accounts of an engine, as numbers. An account that never returns to zero runs over after days; no bound and no other
// test sees it before. Each part names its amounts. Sums and the two kinds are put together here.

/** Amounts by name. */
export type Amounts = Readonly<Record<string, number>>;

/** The amounts that an engine, or a part of one, holds at this moment. */
export interface Holdings {
  /**
   * Work under way: records between `store` and the handler, messages, decisions, tasks, batches, events. Each amount is
   * 0 when an engine is quiet, and after a clean stop.
   */
  readonly underWay: Amounts;
  /**
   * Data for later batches: blocks, inputs, cached partitions, shuffle outputs. In a program without windows, state and
   * persisted RDDs each amount is 0 some batches after the last record, once a checkpoint has followed. In other programs
   * each amount has a bound that does not grow with the number of batches.
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

/** The amounts that are not 0, by name; empty at rest. */
export function notAtRest(amounts: Amounts): Amounts {
  return Object.fromEntries(Object.entries(amounts).filter(([, amount]) => amount !== 0));
}

function addTo(sum: Record<string, number>, amounts: Amounts): void {
  for (const [name, amount] of Object.entries(amounts)) sum[name] = (sum[name] ?? 0) + amount;
}

// The rows of a table with one row for each key, as records replace and remove them.

/** A row of a table with one row for each key. */
export type TableRow = readonly [key: number, number: number];

/** Far more keys than a batch has: the rows of most keys come from batches that are long done. */
const KEYS = 97;

/** One number in this many removes the row of its key. */
const REMOVED_IN = 4;

/** The effect of a record, as text, on the row of its key. */
export function rowOfText(text: string): {
  readonly key: number;
  readonly number: number;
  readonly isRemoved: boolean;
} {
  const number = Number(/\d+/.exec(text)?.[0]);
  return { key: number % KEYS, number, isRemoved: number % REMOVED_IN === REMOVED_IN - 1 };
}

/** The batch time under which the ledger has the rows of a table at the end. */
export const AT_THE_END = 0;

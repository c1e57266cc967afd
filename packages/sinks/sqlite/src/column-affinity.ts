// The affinity of a column: the conversion that SQLite makes of values, by the declared type of the column.
// https://www.sqlite.org/datatype3.html#determination_of_column_affinity

/** The conversion of values in a column. `BLOB` keeps every value. */
export type Affinity = 'INTEGER' | 'TEXT' | 'BLOB' | 'REAL' | 'NUMERIC';

const RULES: readonly (readonly [RegExp, Affinity])[] = [
  [/INT/i, 'INTEGER'],
  [/CHAR|CLOB|TEXT/i, 'TEXT'],
  [/BLOB|^$/i, 'BLOB'],
  [/REAL|FLOA|DOUB/i, 'REAL'],
];

/** The affinity of a column with this declared type; a column without a type has an empty one. */
export function affinityOf(declaredType: string): Affinity {
  return RULES.find(([pattern]) => pattern.test(declaredType))?.[1] ?? 'NUMERIC';
}

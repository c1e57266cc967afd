// A column of the table, as far as values of records depend on it.

/**
 * The treatment of values. `float`: numbers with a fraction of binary digits. `json`: any value as JSON. `bytes`: bytes.
 * `other`: every other type, by its text.
 */
export type ColumnKind = 'float' | 'json' | 'bytes' | 'other';

/** A column that gets a value of each record. */
export interface SentColumn {
  /** The name of the record's field. */
  readonly name: string;
  /** The type without a length, in the spelling of the server, for casts. */
  readonly type: string;
  /** The kind of the values; of the elements for an array. */
  readonly kind: ColumnKind;
  readonly isArray: boolean;
  /** True for a column of the key, which has no NULL. */
  readonly isKey: boolean;
}

const KINDS: Readonly<Record<string, ColumnKind>> = {
  float4: 'float',
  float8: 'float',
  json: 'json',
  jsonb: 'json',
  bytea: 'bytes',
};

/** The kind of values of a type, by its name in `pg_type`. */
export function kindOfType(typeName: string): ColumnKind {
  return KINDS[typeName] ?? 'other';
}

// A column of the table, as far as values of records depend on it. Values go to a temporary table first, whose columns have one
// of a few types; DuckDB casts the values from there to the types of the table.
import type { StagedType } from '../database/duckdb-session.ts';

/**
 * The treatment of values. `float`: numbers with a fraction of binary digits. `decimal`: exact numbers with a fraction. `json`:
 * any value as JSON. `nested`: lists, structs and maps, through JSON. `other`: every other type, by its text.
 */
export type DuckdbColumnKind =
  'boolean' | 'integer' | 'float' | 'decimal' | 'text' | 'json' | 'bytes' | 'nested' | 'other';

/** A column that gets a value of each record. */
export interface DuckdbTypedColumn {
  /** The name of the record's field. */
  readonly name: string;
  /** The type in the spelling of DuckDB, for casts. */
  readonly type: string;
  readonly kind: DuckdbColumnKind;
  readonly staged: StagedType;
  /** The least and the greatest whole number; undefined for other kinds. */
  readonly range: readonly [bigint, bigint] | undefined;
  /** The digits behind the point of a decimal number. */
  readonly scale: number;
  /** True for a column of the key, which has no NULL. */
  readonly isKey: boolean;
}

const INTEGER = /^(U?)(TINY|SMALL|BIG|HUGE)?INT(?:EGER)?$/;
const BITS: Readonly<Record<string, number>> = { TINY: 8, SMALL: 16, BIG: 64, HUGE: 128 };
const KINDS: readonly (readonly [RegExp, DuckdbColumnKind, StagedType])[] = [
  [/\]$|^(?:STRUCT|MAP|UNION)\(/, 'nested', 'VARCHAR'],
  [/^BOOLEAN$/, 'boolean', 'BOOLEAN'],
  [/^(?:FLOAT|DOUBLE)$/, 'float', 'DOUBLE'],
  [/^DECIMAL\(/, 'decimal', 'VARCHAR'],
  [/^VARCHAR$/, 'text', 'VARCHAR'],
  [/^JSON$/, 'json', 'VARCHAR'],
  [/^BLOB$/, 'bytes', 'BLOB'],
];

/** The column of a table, by the type that DuckDB reports. */
export function duckdbTypedColumn(name: string, type: string, isKey: boolean): DuckdbTypedColumn {
  const range = rangeOf(type);
  const scale = Number(/^DECIMAL\(\d+,(\d+)\)$/.exec(type)?.[1] ?? 0);
  if (range !== undefined)
    return { name, type, kind: 'integer', staged: stagedInteger(range), range, scale, isKey };
  const [, kind, staged] = KINDS.find(([pattern]) => pattern.test(type)) ?? [undefined, 'other', 'VARCHAR'];
  return { name, type, kind, staged, range, scale, isKey };
}

function rangeOf(type: string): readonly [bigint, bigint] | undefined {
  const [, unsigned, size = ''] = INTEGER.exec(type) ?? [];
  if (unsigned === undefined) return undefined;
  const bits = BigInt(BITS[size] ?? 32);
  return unsigned === '' ? [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n] : [0n, 2n ** bits - 1n];
}

function stagedInteger([least, greatest]: readonly [bigint, bigint]): StagedType {
  if (least >= -(2n ** 31n) && greatest < 2n ** 31n) return 'INTEGER';
  return greatest < 2n ** 63n ? 'BIGINT' : 'VARCHAR';
}

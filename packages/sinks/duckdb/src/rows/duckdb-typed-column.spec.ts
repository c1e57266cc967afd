import { describe, expect, it } from 'vitest';
import { duckdbTypedColumn } from './duckdb-typed-column.ts';

describe('duckdbTypedColumn', () => {
  it.each([
    ['INTEGER', 'integer', 'INTEGER'],
    ['UTINYINT', 'integer', 'INTEGER'],
    ['UINTEGER', 'integer', 'BIGINT'],
    ['UBIGINT', 'integer', 'VARCHAR'],
    ['HUGEINT', 'integer', 'VARCHAR'],
    ['DECIMAL(18,3)', 'decimal', 'VARCHAR'],
    ['DECIMAL(18,3)[]', 'nested', 'VARCHAR'],
    ['STRUCT(a INTEGER)', 'nested', 'VARCHAR'],
    ['MAP(VARCHAR, INTEGER)', 'nested', 'VARCHAR'],
    ['JSON', 'json', 'VARCHAR'],
    ['INTERVAL', 'other', 'VARCHAR'],
    ["ENUM('a', 'b')", 'other', 'VARCHAR'],
  ])('of type %s is %s, staged as %s', (type, kind, staged) => {
    expect(duckdbTypedColumn('a', type, false)).toMatchObject({ kind, staged });
  });

  it('knows ranges and digits', () => {
    expect(duckdbTypedColumn('a', 'USMALLINT', false).range).toEqual([0n, 65_535n]);
    expect(duckdbTypedColumn('a', 'TINYINT', true)).toMatchObject({ range: [-128n, 127n], isKey: true });
    expect(duckdbTypedColumn('a', 'DECIMAL(18,3)', false).scale).toBe(3);
  });
});

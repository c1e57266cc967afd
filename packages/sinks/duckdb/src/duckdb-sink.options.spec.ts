import { describe, expect, it } from 'vitest';
import { type DuckdbSinkInput, duckdbSinkOptions } from './duckdb-sink.options.ts';
import { duckdbSink } from './duckdb-sink.ts';

const OPTIONS = { file: './out.duckdb', table: 't', columns: ['a'] };

describe('the options of duckdbSink', () => {
  it('have defaults', () => {
    expect(duckdbSinkOptions.parse(OPTIONS)).toEqual({
      ...OPTIONS,
      schema: 'main',
      create: true,
      memoryMiB: 256,
      threads: 1,
      ledgerTable: 'millrace_ledger',
      ledgerBatches: 10_000,
    });
  });

  const WRONG: readonly (readonly [string, object, string])[] = [
    ['no file', { file: '' }, 'file'],
    ['a database in memory', { file: ':memory:' }, 'file'],
    ['a database of a service', { file: 'md:shop' }, 'file'],
    ['an address', { file: 'https://example.org/a.duckdb' }, 'file'],
    ['a name with NUL', { table: 'a\0' }, 'table'],
    ['no columns', { columns: [] }, 'columns'],
    ['a column twice', { columns: ['a', { name: 'A' }] }, 'columns'],
    ['a type with a statement', { columns: [{ name: 'a', type: 'INTEGER); DROP TABLE t; --' }] }, 'columns'],
    ['a key that is no column', { key: ['b'] }, 'key'],
    ['a key twice', { key: ['a', 'A'] }, 'key'],
    ['remove without key', { remove: () => true }, 'remove'],
    ['the table as ledger', { table: 'L_forgotten', ledgerTable: 'l' }, 'ledgerTable'],
    ['too little memory', { memoryMiB: 16 }, 'memoryMiB'],
    ['no thread', { threads: 0 }, 'threads'],
  ];
  it.each(WRONG)('refuse %s', (_, differences, name) => {
    const input = { ...OPTIONS, ...differences } as DuckdbSinkInput;
    expect(() => duckdbSink(input)).toThrow(
      expect.objectContaining({ code: 'MR_CONFIG_INVALID_OPTION', message: expect.stringContaining(name) }),
    );
  });

  it('accept types of columns', () => {
    const types = [
      'DECIMAL(12,2)',
      'TIMESTAMP WITH TIME ZONE',
      'FLOAT[3]',
      'STRUCT(a INTEGER, b VARCHAR)[]',
      'MAP(VARCHAR, INTEGER)',
    ];
    const columns = types.map((type, index) => ({ name: `c${index}`, type }));
    expect(duckdbSinkOptions.parse({ ...OPTIONS, columns }).columns).toEqual(columns);
  });
});

import { describe, expect, it } from 'vitest';
import { type PostgresSinkInput, postgresSinkOptions } from './postgres-sink.options.ts';
import { postgresSink } from './postgres-sink.ts';

const OPTIONS = { host: 'h', table: 't', columns: ['a'] };

describe('the options of postgresSink', () => {
  it('have defaults', () => {
    expect(postgresSinkOptions.parse(OPTIONS)).toEqual({
      ...OPTIONS,
      create: false,
      copyRows: 2_000,
      rowsInMemory: 5_000,
      connections: 4,
      lockTimeoutMs: 10_000,
      ledgerTable: 'millrace_ledger',
      ledgerBatches: 10_000,
      connectTimeoutMs: 10_000,
      requestTimeoutMs: 60_000,
    });
  });

  const WRONG: readonly (readonly [string, object, string])[] = [
    ['no server', { host: undefined }, 'host'],
    ['two servers', { url: 'postgres://h' }, 'host'],
    ['a URL with parameters', { host: undefined, url: 'postgres://h/d?sslmode=disable' }, 'url'],
    ['another URL', { host: undefined, url: 'http://h/d' }, 'url'],
    ['a long name', { table: 'ä'.repeat(32) }, 'table'],
    ['a name with NUL', { table: 'a\0' }, 'table'],
    ['a column twice', { columns: ['a', { name: 'a' }] }, 'columns'],
    ['a type with a statement', { columns: [{ name: 'a', type: 'text); DROP TABLE t; --' }] }, 'columns'],
    ['a key that is no column', { key: ['b'] }, 'key'],
    ['remove without key', { remove: () => true }, 'remove'],
    ['the table as ledger', { table: 'l_forgotten', ledgerTable: 'l' }, 'ledgerTable'],
    ['a lock longer than a request', { requestTimeoutMs: 10_000 }, 'lockTimeoutMs'],
  ];
  it.each(WRONG)('refuse %s', (_, differences, name) => {
    const input = { ...OPTIONS, ...differences } as PostgresSinkInput;
    expect(() => postgresSink(input)).toThrow(
      expect.objectContaining({ code: 'MR_CONFIG_INVALID_OPTION', message: expect.stringContaining(name) }),
    );
  });

  it('accept types of columns', () => {
    const types = [
      'numeric(12,2)',
      'timestamp with time zone',
      'varchar(5)[]',
      'timestamp(3) without time zone',
    ];
    const columns = types.map((type, index) => ({ name: `c${index}`, type }));
    expect(postgresSinkOptions.parse({ ...OPTIONS, columns }).columns).toEqual(columns);
  });
});

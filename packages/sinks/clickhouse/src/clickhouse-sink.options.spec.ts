import { describe, expect, it } from 'vitest';
import { type ClickhouseSinkInput, clickhouseSinkOptions } from './clickhouse-sink.options.ts';
import { clickhouseSink } from './clickhouse-sink.ts';
import { addressOf, placeOf } from './connection/connection-options.ts';

const OPTIONS = { host: 'h', table: 't', columns: ['a'] };

describe('the options of clickhouseSink', () => {
  it('have defaults', () => {
    expect(clickhouseSinkOptions.parse(OPTIONS)).toEqual({
      ...OPTIONS,
      create: false,
      delivery: 'effectively-once',
      maxRowsPerInsert: 100_000,
      maxBytesPerInsert: 8_388_608,
      bytesInMemory: 8_388_608,
      connections: 4,
      ledgerTable: 'millrace_ledger',
      ledgerDays: 30,
      requestTimeoutMs: 60_000,
    });
  });

  const WRONG: readonly (readonly [string, object, string])[] = [
    ['no server', { host: undefined }, 'host'],
    ['two servers', { url: 'http://h' }, 'host'],
    ['a URL with parameters', { host: undefined, url: 'http://h/d?async_insert=1' }, 'url'],
    ['another URL', { host: undefined, url: 'clickhouse://h/d' }, 'url'],
    ['tls beside http://', { host: undefined, url: 'http://h', tls: {} }, 'tls'],
    ['a column twice', { columns: ['a', { name: 'a' }] }, 'columns'],
    ['a type with a statement', { columns: [{ name: 'a', type: 'String) ENGINE = Null; --' }] }, 'columns'],
    ['a type that ends early', { columns: [{ name: 'a', type: 'A(1), b B(2)' }] }, 'columns'],
    ['a key without a new table', { orderBy: ['a'] }, 'orderBy'],
    ['a key that is no column', { create: true, orderBy: ['b'] }, 'orderBy'],
    ['the table as ledger', { ledgerTable: 't' }, 'ledgerTable'],
    ['a setting of the sink', { settings: { async_insert: 1 } }, 'settings'],
    ['a setting that is no name', { settings: { 'a=1, b': 1 } }, 'settings'],
  ];
  it.each(WRONG)('refuse %s', (_, differences, name) => {
    const input = { ...OPTIONS, ...differences } as ClickhouseSinkInput;
    expect(() => clickhouseSink(input)).toThrow(
      expect.objectContaining({ code: 'MR_CONFIG_INVALID_OPTION', message: expect.stringContaining(name) }),
    );
  });

  it('accept types of columns', () => {
    const types = [
      "DateTime64(3, 'UTC')",
      'LowCardinality(Nullable(String))',
      "Enum8('a' = 1)",
      'Map(String, UInt64)',
    ];
    const columns = types.map((type, index) => ({ name: `c${index}`, type }));
    expect(clickhouseSinkOptions.parse({ ...OPTIONS, columns }).columns).toEqual(columns);
  });

  it('give an address, by a URL or singly', () => {
    const url = 'https://ann%40home:p%2Fw@[::1]:9000/shop';
    const parsed = clickhouseSinkOptions.parse({ url, table: 't', columns: ['a'] });
    expect(addressOf(parsed)).toEqual({
      origin: 'https://[::1]:9000',
      database: 'shop',
      username: 'ann@home',
      password: 'p/w',
    });
    expect(placeOf(parsed)).toBe('shop at [::1]:9000');
    expect(addressOf(clickhouseSinkOptions.parse({ ...OPTIONS, tls: {} })).origin).toBe('https://h:8443');
  });
});

import { describe, expect, it } from 'vitest';
import { sqliteSink, sqliteSinkOptions, type SqliteSinkInput } from './index.ts';
import { quoteIdentifier } from './quote-identifier.ts';
import { loadSqlite, type SqliteModule } from './sqlite-module.ts';
import { TableSink } from './table-sink.ts';

const valid: SqliteSinkInput = { file: './out.db', table: 't', columns: ['a'] };

describe('sqliteSink', () => {
  it('reaches one host, and with shared every host (SINK-19)', () => {
    expect(sqliteSink(valid).capabilities.reach).toBe('host');
    const shared = sqliteSink({ ...valid, shared: true, journalMode: 'delete' });
    expect(shared.capabilities.reach).toBe('everywhere');
  });

  it.each([
    [{ file: '' }, 'file'],
    [{ file: ':memory:' }, 'file'],
    [{ file: 'file:out.db?mode=ro' }, 'file'],
    [{ table: 'a\0b' }, 'table'],
    [{ columns: [] }, 'columns'],
    [{ columns: ['a', { name: 'A' }] }, 'columns'],
    [{ columns: [{ name: 'a', type: 'INT); DROP TABLE t' }] }, 'columns'],
    [{ table: 'L', ledgerTable: 'l' }, 'ledgerTable'],
    [{ table: 'l_forgotten', ledgerTable: 'l' }, 'ledgerTable'],
    [{ journalMode: 'off' }, 'journalMode'],
    [{ shared: true }, 'journalMode'],
    [{ ledgerBatches: 0 }, 'ledgerBatches'],
    [{ busyTimeoutMs: -1 }, 'busyTimeoutMs'],
    [{ upsert: true }, 'upsert'],
    [{ key: [] }, 'key'],
    [{ key: ['a', 'A'] }, 'key'],
    [{ key: ['b'] }, 'key'],
    [{ remove: () => true }, 'remove'],
    [{ key: ['a'], remove: 'gone' }, 'remove'],
  ])('refuses %o, naming the option', (options, name) => {
    expect(() => sqliteSink({ ...valid, ...options } as SqliteSinkInput)).toThrow(
      expect.objectContaining({ code: 'MR_CONFIG_INVALID_OPTION', message: expect.stringContaining(name) }),
    );
  });

  it('names the remedy on a Node without SQLite', async () => {
    const load = () => loadSqlite(() => undefined);
    const sink = new TableSink({ options: sqliteSinkOptions.parse(valid), row: undefined, load });
    await expect(sink.open()).rejects.toMatchObject({
      code: 'MR_SINK_SQLITE_UNAVAILABLE',
      disposition: 'stop-engine',
      message: expect.stringContaining('use Node 22.13 or newer'),
    });
  });
});

describe('the SQLite of a sink', () => {
  it('is the SQLite from the arguments', async () => {
    function NoDatabase(file: string): never {
      throw Object.assign(new Error(`no room for ${file}`), { code: 'ERR_SQLITE_ERROR', errcode: 13 });
    }
    const sqlite = { DatabaseSync: NoDatabase } as unknown as SqliteModule;
    await expect(sqliteSink(valid, undefined, sqlite).open?.()).rejects.toMatchObject({
      code: 'MR_SINK_SQLITE_FULL',
    });
  });
});

describe('quoteIdentifier', () => {
  it('quotes any name', () => {
    expect(quoteIdentifier('select')).toBe('"select"');
    expect(quoteIdentifier('a"; DROP TABLE b; --')).toBe('"a""; DROP TABLE b; --"');
  });
});

// `duckdbSink` over real files: tables, values of every type, and failures.
import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { duckdbSink } from '../src/index.ts';
import { openSink, testDatabase, write } from './opened-sinks.ts';

/** Records of two kilobytes each. */
function* largeRecords(count: number): Generator<{ readonly a: string }> {
  for (let index = 0; index < count; index += 1) yield { a: `${index} ${'x'.repeat(2_000)}` };
}

describe('duckdbSink', () => {
  it('makes the table, with the types from the options, and keeps the order of the records', async () => {
    const database = testDatabase();
    const columns = [{ name: 'b', type: 'INTEGER' }, 'A'];
    const sink = await openSink(database, { columns });
    const records = Array.from({ length: 5_000 }, (_, b) => ({ b, A: `text ${b}`, more: 1 }));
    await sink.write(records, write());
    await sink.write(records, write());
    const expected = records.map(({ b, A }) => ({ b, A }));
    expect(await database.run('SELECT * FROM t')).toEqual(expected);
  });

  const KEPT: readonly (readonly [string, readonly unknown[], string, readonly unknown[]])[] = [
    ['BOOLEAN', [true, false, null], 'a', [true, false, null]],
    ['TINYINT', [-128, 127n, '5'], 'a', [-128, 127, 5]],
    ['UTINYINT', [0, 255], 'a', [0, 255]],
    ['BIGINT', [-(2n ** 63n), 2 ** 53 - 1, '+9223372036854775807'], 'a::VARCHAR', ['-9223372036854775808', '9007199254740991', '9223372036854775807']], // prettier-ignore
    ['UBIGINT', [2n ** 64n - 1n], 'a::VARCHAR', ['18446744073709551615']],
    ['HUGEINT', [-(2n ** 127n)], 'a::VARCHAR', ['-170141183460469231731687303715884105728']],
    ['UHUGEINT', [2n ** 128n - 1n], 'a::VARCHAR', ['340282366920938463463374607431768211455']],
    ['DOUBLE', [0.1, -0, Infinity, Number.NaN, 2n ** 60n, 5e-324], 'a', [0.1, -0, Infinity, Number.NaN, 2 ** 60, 5e-324]], // prettier-ignore
    ['FLOAT', [0.5, 7], 'a', [0.5, 7]],
    ['DECIMAL(12,2)', [0.1, 12n, '-1234567890.12', '1.50000', 25e-2], 'a::VARCHAR', ['0.10', '12.00', '-1234567890.12', '1.50', '0.25']], // prettier-ignore
    ['VARCHAR', ['ä"\n', '', 7, 2n ** 70n, true, 1.5], 'a', ['ä"\n', '', '7', '1180591620717411303424', 'true', '1.5']], // prettier-ignore
    ['BLOB', [new Uint8Array([0, 255]), new Uint8Array()], 'hex(a)', ['00FF', '']],
    ['JSON', [{ b: [1, null] }, 'text', 7], 'a::VARCHAR', ['{"b":[1,null]}', '"text"', '7']],
    ['DATE', [new Date('2026-11-30'), '2026-12-01'], 'a::VARCHAR', ['2026-11-30', '2026-12-01']],
    ['TIMESTAMP', [new Date('2026-11-30T12:00:00.123Z'), '2026-11-30 12:00:00.123456'], 'a::VARCHAR', ['2026-11-30 12:00:00.123', '2026-11-30 12:00:00.123456']], // prettier-ignore
    ['TIMESTAMP WITH TIME ZONE', [new Date(1_234)], 'epoch_ms(a)::VARCHAR', ['1234']],
    ['TIME', ['12:34:56.789'], 'a::VARCHAR', ['12:34:56.789']],
    ['UUID', ['00000000-0000-4000-8000-000000000000'], 'a::VARCHAR', ['00000000-0000-4000-8000-000000000000']], // prettier-ignore
    ['INTERVAL', ['3 days'], 'a::VARCHAR', ['3 days']],
    ['INTEGER[]', [[1, null, 3], []], 'a::VARCHAR', ['[1, NULL, 3]', '[]']],
    ['STRUCT(b INTEGER, c VARCHAR)', [{ b: 1, c: 'x' }], 'a::VARCHAR', ["{'b': 1, 'c': x}"]],
    ['MAP(VARCHAR, INTEGER)', [{ b: 1 }], 'a::VARCHAR', ['{b=1}']],
  ];
  it.each(KEPT)('keeps values in a column of type %s', async (type, values, query, expected) => {
    const database = testDatabase();
    const sink = await openSink(database, { columns: [{ name: 'a', type }] });
    await sink.write(
      values.map((a) => ({ a: a as string })),
      write(),
    );
    expect((await database.run(`SELECT ${query} AS found FROM t`)).map(({ found }) => found)).toEqual(
      expected,
    );
  });

  const REFUSED: readonly (readonly [string, unknown, string])[] = [
    ['BOOLEAN', 1, 'a number for a column of type BOOLEAN'],
    ['TINYINT', 128, '128, which a column of type TINYINT cannot hold'],
    ['UINTEGER', -1, '-1, which'],
    ['INTEGER', 1.5, '1.5, which is no whole number'],
    ['INTEGER', 'x', 'a string for a column of type INTEGER'],
    ['BIGINT', 2 ** 53, 'a whole number of 2^53 or more'],
    ['BIGINT', 2n ** 63n, 'cannot hold'],
    ['DOUBLE', 2n ** 53n + 1n, 'would round'],
    ['DOUBLE', '1', 'a string for a column of type DOUBLE'],
    ['FLOAT', 1e300, 'cannot hold'],
    ['DECIMAL(4,2)', 0.125, 'would round to 2 digits'],
    ['DECIMAL(4,2)', 'x', 'no number'],
    ['VARCHAR', {}, 'an object'],
    ['VARCHAR', '\0', 'a NUL character'],
    ['VARCHAR', '\udc00', 'a lone surrogate'],
    ['VARCHAR', 2 ** 60, 'a whole number of 2^53 or more'],
    ['BLOB', 'text', 'a string for a column of type BLOB'],
    ['DATE', new Date(1), 'a time of day'],
    ['DATE', '2026-11-30 12:00', 'a time of day'],
    ['TIMESTAMP', new Date(Number.NaN), 'an invalid date'],
    ['TIMESTAMP_S', new Date(1), 'smaller parts of a second'],
    ['JSON', 1n, 'without a form in JSON'],
    ['INTEGER[]', Symbol('s'), 'no form in JSON'],
  ];
  it.each(REFUSED)('refuses a value for a column of type %s: %o (SINK-14)', async (type, a, reason) => {
    const database = testDatabase();
    const sink = await openSink(database, { columns: [{ name: 'a', type }] });
    await expect(sink.write([{}, { a: a as string }], write())).rejects.toMatchObject({
      code: 'MR_SINK_UNSUPPORTED_RECORD',
      message: expect.stringContaining(`record 1 of partition 0, column "a": got `),
      details: { index: 1, column: 'a' },
    });
    await expect(sink.write([{}, { a: a as string }], write())).rejects.toThrow(reason);
    expect(await database.run('SELECT * FROM t')).toEqual([]);
  });

  const MISFITS: readonly (readonly [string, unknown])[] = [
    ['DECIMAL(4,2)', 100],
    ['DATE', '2026-13-01'],
    ['TIMESTAMP', 'noon'],
    ['UUID', 'x'],
    ['INTEGER[]', [1, 'x']],
    ['STRUCT(b INTEGER)', { b: 'x' }],
  ];
  it.each(MISFITS)('names the record whose value does not fit a column of type %s: %o', async (type, a) => {
    const database = testDatabase();
    const sink = await openSink(database, { columns: [{ name: 'a', type }] });
    const records = Array.from({ length: 3_000 }, (_, index) => (index < 2_345 ? {} : { a: a as string }));
    await expect(sink.write(records, write())).rejects.toMatchObject({
      code: 'MR_SINK_DUCKDB_VALUE',
      disposition: 'fail-batch',
      message: expect.stringContaining('record 2345 of partition 0 to table "t"'),
      details: { index: 2_345, batchTime: 1_000 },
    });
    expect(await database.run('SELECT * FROM t')).toEqual([]);
    await sink.write([{}], write());
    expect(await database.run('SELECT * FROM t')).toEqual([{ a: null }]);
  });

  it('names the record that breaks a constraint, and writes nothing', async () => {
    const database = testDatabase();
    await database.run('CREATE TABLE t (a INTEGER UNIQUE, b INTEGER CHECK (b < 10))');
    const sink = await openSink(database, { columns: ['a', 'b'] });
    await sink.write([{ a: 1, b: 1 }], write());
    const bad = [{ a: 2 }, { a: 3 }, { a: 1 }, { a: 4 }];
    await expect(sink.write(bad, write(2_000))).rejects.toMatchObject({
      code: 'MR_SINK_DUCKDB_CONSTRAINT',
      details: { index: 2, batchTime: 2_000 },
    });
    await expect(sink.write([{ a: 2, b: 9 }, { a: 3, b: 10 }], write(2_000))).rejects.toMatchObject({ details: { index: 1 } }); // prettier-ignore
    expect(await database.run('SELECT * FROM t')).toEqual([{ a: 1, b: 1 }]);
  });

  it('writes some columns of a table, and leaves its defaults to the others', async () => {
    const database = testDatabase();
    await database.run("CREATE TABLE t (n INTEGER DEFAULT 7, a VARCHAR, s VARCHAR DEFAULT 'x')");
    const sink = await openSink(database);
    await sink.write([{ a: 'y' }], write());
    expect(await database.run('SELECT * FROM t')).toEqual([{ n: 7, a: 'y', s: 'x' }]);
  });

  it('quotes any names, and treats names in different case as equal (SINK-2)', async () => {
    const database = testDatabase();
    const table = 'a"; DROP TABLE millrace_ledger; --';
    const columns = ['select', 'x y', '"', 'ä'];
    for (const name of [table, table.toUpperCase()]) {
      const sink = await openSink(database, { table: name, columns, ledgerTable: 'the "ledger"' });
      await sink.write([{ select: '1', 'x y': '2', '"': '3', ä: '4' }], write());
    }
    expect(await database.run('SELECT * FROM "a""; DROP TABLE millrace_ledger; --"')).toEqual([
      { select: '1', 'x y': '2', '"': '3', ä: '4' },
    ]);
  });

  it('writes to two tables under one identity, and to a schema', async () => {
    const database = testDatabase();
    await database.run('CREATE SCHEMA other');
    for (const options of [{}, { table: 'u' }, { schema: 'other' }]) {
      const sink = await openSink(database, options);
      for (const a of ['1', '2']) await sink.write([{ a }], write());
    }
    for (const table of ['t', 'u', 'other.t'])
      expect(await database.run(`SELECT * FROM ${table}`)).toEqual([{ a: '1' }]);
  });

  it('passes on errors of the source of the records, and writes nothing (SINK-4)', async () => {
    const database = testDatabase();
    const sink = await openSink(database);
    const failure = new Error('IO Error: source');
    function* failing() {
      yield { a: '1' };
      throw failure;
    }
    await expect(sink.write(failing(), write())).rejects.toBe(failure);
    expect(await database.run('SELECT * FROM t')).toEqual([]);
  });

  it('writes a partition larger than the memory of DuckDB (SINK-13)', async () => {
    const database = testDatabase();
    const sink = await openSink(database, { memoryMiB: 64 });
    await sink.write(largeRecords(100_000), write());
    expect(await database.run('SELECT count(*)::INTEGER AS n FROM t')).toEqual([{ n: 100_000 }]);
  }, 120_000);

  it('refuses a partition with a key larger than the memory of DuckDB, and writes nothing', async () => {
    const database = testDatabase();
    const sink = await openSink(database, { memoryMiB: 64, key: ['a'] });
    await expect(sink.write(largeRecords(100_000), write())).rejects.toMatchObject({
      code: 'MR_SINK_DUCKDB_MEMORY',
      disposition: 'fail-batch',
      message: expect.stringContaining('raise memoryMiB'),
    });
    await sink.write(largeRecords(1_000), write());
    expect(await database.run('SELECT count(*)::INTEGER AS n FROM t')).toEqual([{ n: 1_000 }]);
  }, 120_000);
});

describe('the file of duckdbSink', () => {
  it('is reached by one host', () => {
    const { capabilities } = duckdbSink({ file: './a.duckdb', table: 't', columns: ['a'] });
    expect(capabilities).toEqual({ delivery: 'effectively-once', reach: 'host' });
  });

  it('is whole after the last sink has closed, without a log beside the file', async () => {
    const database = testDatabase();
    const [one, two] = [await openSink(database), await openSink(database)];
    await one.write([{ a: '1' }], write(1_000));
    await one.close?.();
    await two.write([{ a: '2' }], write(2_000));
    await two.close?.();
    expect(() => rmSync(`${database.file}.wal`)).toThrow('ENOENT');
    expect(await database.run('SELECT * FROM t')).toEqual([{ a: '1' }, { a: '2' }]);
  });

  it('is the same file through a link', async () => {
    const database = testDatabase();
    const link = join(database.directory, 'link');
    symlinkSync(database.directory, link);
    const one = await openSink(database);
    const two = duckdbSink<{ a: string }>({ file: join(link, 'out.duckdb'), table: 't', columns: ['a'] });
    await two.open?.();
    await Promise.all([one.write([{ a: '1' }], write(1_000)), two.write([{ a: '2' }], write(2_000))]);
    await two.close?.();
    expect(await database.run('SELECT * FROM t ORDER BY a')).toEqual([{ a: '1' }, { a: '2' }]);
  });

  it('is refused when removed or replaced while open', async () => {
    const database = testDatabase();
    const sink = await openSink(database);
    await sink.write([{ a: '1' }], write());
    const aside = `${database.file}.aside`;
    renameSync(database.file, aside);
    await expect(sink.write([{ a: '2' }], write(2_000))).rejects.toMatchObject({
      code: 'MR_SINK_DUCKDB_REPLACED',
      disposition: 'stop-engine',
      message: expect.stringContaining('no file has that name'),
    });
    writeFileSync(database.file, 'another');
    await expect(sink.write([{ a: '2' }], write(2_000))).rejects.toThrow('another file has that name');
    rmSync(database.file);
    renameSync(aside, database.file);
    await sink.write([{ a: '2' }], write(2_000));
    expect(await database.run('SELECT * FROM t')).toEqual([{ a: '1' }, { a: '2' }]);
  });

  it('is refused when it cannot be opened, and opened when it can (SINK-11)', async () => {
    const database = testDatabase();
    const directory = join(database.directory, 'missing');
    const sink = duckdbSink<{ a: string }>({ file: join(directory, 'a.duckdb'), table: 't', columns: ['a'] });
    await expect(sink.open?.()).rejects.toMatchObject({
      code: 'MR_SINK_DUCKDB_DENIED',
      message: expect.stringContaining('check that the directory exists'),
    });
    mkdirSync(directory);
    await sink.open?.();
    await sink.write([{ a: '1' }], write());
    await sink.close?.();
  });

  it('is refused when it is no database', async () => {
    const database = testDatabase();
    writeFileSync(database.file, 'x'.repeat(100_000));
    await expect(openSink(database)).rejects.toMatchObject({ code: 'MR_SINK_DUCKDB_DAMAGED' });
  });

  // The superuser may write to every file.
  it.skipIf(process.getuid?.() === 0)('is refused without the right to write', async () => {
    const database = testDatabase();
    await database.run('CREATE TABLE t (a VARCHAR)');
    chmodSync(database.file, 0o400);
    await expect(openSink(database)).rejects.toMatchObject({ code: 'MR_SINK_DUCKDB_DENIED' });
  });

  it.each([
    ['a table', { create: false }],
    ['a column', { columns: ['a', 'b'] }],
    ['a ledger of another form', { ledgerTable: 'other' }],
    ['a schema', { schema: 'nowhere' }],
  ])('has to have %s, and stays as it was otherwise', async (_, options) => {
    const database = testDatabase();
    await database.run('CREATE TABLE other (note VARCHAR)');
    if (!('create' in options)) await database.run('CREATE TABLE t (a VARCHAR)');
    await expect(openSink(database, options)).rejects.toMatchObject({
      code: 'MR_SINK_DUCKDB_SCHEMA',
      disposition: 'stop-engine',
    });
    const names = await database.run('SELECT table_name AS name FROM duckdb_tables() ORDER BY 1');
    expect(names).toEqual('create' in options ? [{ name: 'other' }] : [{ name: 'other' }, { name: 't' }]);
  });
});

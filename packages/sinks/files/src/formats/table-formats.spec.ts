import { describe, expect, it } from 'vitest';
import { arrowRows, parquetRows, type ReadTable } from '../../test/read-tables.ts';
import { arrowEncoder } from './arrow-format.ts';
import type { FileEncoder } from './file-encoder.ts';
import { parquetFormat } from '../parquet-file-format.ts';
import { parquetEncoder } from './parquet-format.ts';
import { COLUMN_TYPES, type ColumnType, typedColumns } from './typed-column.ts';

const write = { application: 'app', batchTime: 1_000, outputOperation: 0, partition: 4, partitions: 5 };

interface Format {
  readonly name: string;
  readonly read: ReadTable;
  /** A timestamp as the reader gives it. */
  readonly time: (date: Date) => unknown;
  encoder(
    columns: Parameters<typeof typedColumns>[0],
    options?: { rowGroupRows?: number; writeEmpty?: boolean },
  ): Promise<FileEncoder>;
}

const formats: readonly Format[] = [
  {
    name: 'parquet',
    read: parquetRows,
    time: (date) => date,
    encoder: (columns, { rowGroupRows = 10, writeEmpty = false } = {}) =>
      Promise.resolve(
        parquetEncoder({ columns: typedColumns(columns), rowGroupRows, writeEmpty, compression: 'snappy' }),
      ),
  },
  {
    name: 'arrow',
    read: arrowRows,
    time: (date) => date.getTime(),
    encoder: (columns, { rowGroupRows = 10, writeEmpty = false } = {}) =>
      arrowEncoder({ columns: typedColumns(columns), rowGroupRows, writeEmpty }),
  },
];

const written = (encode: FileEncoder, records: Iterable<unknown>) =>
  Buffer.concat([...encode(records, write)]);

describe.each(formats)('the format $name', ({ read, time, encoder }) => {
  const columns = COLUMN_TYPES.map((type) => ({ name: type, type }));

  it('keeps values of every type, and missing ones, over several row groups', async () => {
    const at = new Date('2026-11-30T12:34:56.789Z');
    const record = (index: number) => ({
      text: `ä\n"${index}`,
      boolean: index % 2 === 0,
      int32: index - 2 ** 31,
      int64: 2n ** 63n - 1n - BigInt(index),
      double: [0.1, -0, Infinity, Number.NaN][index % 4],
      timestamp: new Date(at.getTime() + index),
      bytes: new Uint8Array([index, 255, 0]),
      json: { a: [index, null] },
    });
    const records = [...Array.from({ length: 25 }, (_, index) => record(index)), {}, { text: null }];
    const rows = await read(written(await encoder(columns), records));
    const none = Object.fromEntries(COLUMN_TYPES.map((type) => [type, null]));
    const expected = Array.from({ length: 25 }, (_, index) => ({
      ...record(index),
      timestamp: time(record(index).timestamp),
      json: JSON.stringify(record(index).json),
    }));
    expect(rows.map(readable)).toEqual([...expected, none, none]);
  });

  it('reads a whole number as int64, and no inherited fields', async () => {
    const encode = await encoder([{ name: 'a', type: 'int64' }, 'constructor']);
    expect(await read(written(encode, [{ a: -7 }]))).toEqual([{ a: -7n, constructor: null }]);
  });

  const REFUSED: readonly (readonly [ColumnType, unknown])[] = [
    ['text', 7],
    ['text', '\ud800'],
    ['boolean', 1],
    ['int32', 1.5],
    ['int32', 2 ** 31],
    ['int64', 2 ** 53],
    ['int64', 2n ** 63n],
    ['double', 1n],
    ['timestamp', '2026-11-30'],
    ['timestamp', new Date(Number.NaN)],
    ['bytes', 'abc'],
    ['json', { a: 1n }],
  ];
  it.each(REFUSED)('refuses for %s the value %o, with index and column', async (type, value) => {
    const encode = await encoder([{ name: 'a', type }]);
    expect(() => written(encode, [{}, { a: value }])).toThrow(
      expect.objectContaining({
        code: 'MR_SINK_UNSUPPORTED_RECORD',
        details: { ...write, index: 1, column: 'a' },
      }),
    );
  });

  it('refuses records that are not plain objects', async () => {
    const encode = await encoder(['a']);
    for (const record of ['text', 1, null, [1], new Map()])
      expect(() => written(encode, [record])).toThrow('expected a plain object');
  });

  it('holds one row group, bounded by rows and by bytes (SINK-13)', async () => {
    let taken = 0;
    function* records(text: string) {
      for (; taken < 100_000; taken += 1) yield { a: text };
    }
    const chunks = (await encoder(['a'], { rowGroupRows: 100 }))(records('x'), write)[Symbol.iterator]();
    chunks.next();
    expect(taken).toBeLessThanOrEqual(100);
    chunks.next();
    expect(taken).toBeLessThanOrEqual(200);
    taken = 0;
    const large = (await encoder(['a'], { rowGroupRows: 100_000 }))(records('x'.repeat(1_048_576)), write);
    large[Symbol.iterator]().next();
    expect(taken).toBeLessThanOrEqual(16);
  });

  it('makes a file without rows only when asked for', async () => {
    expect([...(await encoder(columns))([], write)]).toEqual([]);
    expect(await read(written(await encoder(columns, { writeEmpty: true }), []))).toEqual([]);
  });
});

describe('the package apache-arrow', () => {
  it('is asked for when missing', async () => {
    const missing = arrowEncoder({ columns: [], rowGroupRows: 1, writeEmpty: false }, () =>
      Promise.reject(new Error('Cannot find package')),
    );
    await expect(missing).rejects.toMatchObject({
      code: 'MR_SINK_FILES_PACKAGE_MISSING',
      disposition: 'stop-engine',
      message: expect.stringContaining('npm install apache-arrow'),
    });
  });
});

/** JSON in Parquet comes as its text's bytes or parsed, by the reader; here as the text. */
function readable(row: unknown): unknown {
  const { json, bytes, ...others } = row as Record<string, unknown>;
  return {
    ...others,
    bytes: bytes instanceof Uint8Array ? new Uint8Array(bytes) : bytes,
    json: json instanceof Uint8Array ? Buffer.from(json).toString() : json,
  };
}

describe('parquetFormat', () => {
  it('makes the files of filesSink, with its defaults', async () => {
    const format = parquetFormat({ columns: [{ name: 'id', type: 'int32' }, 'city'] });
    expect(format).toMatchObject({ suffix: '.parquet', contentType: 'application/vnd.apache.parquet' });
    const bytes = Buffer.concat([...format.encode([{ id: 1, city: 'Ulm' }, { id: 2 }], write)]);
    expect(await parquetRows(bytes)).toEqual([
      { id: 1, city: 'Ulm' },
      { id: 2, city: null },
    ]);
    expect([...format.encode([], write)]).toEqual([]);
  });

  it('refuses options that it does not know', () => {
    expect(() => parquetFormat({ columns: [] })).toThrow(
      expect.objectContaining({ code: 'MR_CONFIG_INVALID_OPTION' }),
    );
  });
});

// Records as a Parquet file: one row group after the other, then the footer. https://parquet.apache.org/docs/file-format/
import { ByteWriter, ParquetWriter, type SchemaElement } from 'hyparquet-writer';
import type { FileEncoder } from './file-encoder.ts';
import { type RowGroup, rowGroups } from './row-groups.ts';
import type { ColumnType, ColumnValue, TypedColumn } from './typed-column.ts';

/** The parameters of the format. */
export interface ParquetFormatOptions {
  readonly columns: readonly TypedColumn[];
  readonly rowGroupRows: number;
  readonly compression: 'snappy' | 'none';
  readonly writeEmpty: boolean;
}

/** The type in the file; each column may have missing values. */
const ELEMENTS: Readonly<Record<ColumnType, Omit<SchemaElement, 'name' | 'repetition_type'>>> = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  boolean: { type: 'BOOLEAN' },
  int32: { type: 'INT32' },
  int64: { type: 'INT64' },
  double: { type: 'DOUBLE' },
  timestamp: {
    type: 'INT64',
    converted_type: 'TIMESTAMP_MILLIS',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
  },
  bytes: { type: 'BYTE_ARRAY' },
  json: { type: 'BYTE_ARRAY', logical_type: { type: 'JSON' } },
};

/** Writes plain objects as rows of a Parquet file. */
export function parquetEncoder(options: ParquetFormatOptions): FileEncoder {
  const { columns, rowGroupRows, compression, writeEmpty } = options;
  const schema: SchemaElement[] = [
    { name: 'root', num_children: columns.length },
    ...columns.map(({ name, type }) => ({ ...ELEMENTS[type], name, repetition_type: 'OPTIONAL' as const })),
  ];
  return function* encode(records, write) {
    const bytes = new ByteWriter();
    let parquet: ParquetWriter | undefined;
    const begin = (): ParquetWriter =>
      new ParquetWriter({
        writer: bytes,
        schema,
        codec: compression === 'none' ? 'UNCOMPRESSED' : 'SNAPPY',
        createdBy: 'millrace',
      });
    for (const group of rowGroups(records, { columns, rowGroupRows, write })) {
      parquet ??= begin();
      // The writer answers with a promise only when its bytes do.
      void parquet.write({ columnData: columnData(columns, group), rowGroupSize: group.rows });
      yield taken(bytes);
    }
    if (parquet === undefined && writeEmpty) parquet = begin();
    if (parquet === undefined) return;
    void parquet.finish();
    yield taken(bytes);
  };
}

/** The bytes written since the last call. The writer goes on counting the places in the file. */
function taken(bytes: ByteWriter): Uint8Array {
  const chunk = bytes.getBytes().slice();
  bytes.index = 0;
  return chunk;
}

function columnData(columns: readonly TypedColumn[], { values }: RowGroup) {
  return columns.map(({ name, type }, place) => ({
    name,
    data: (values[place] ?? []).map((value) => stored(value, type)),
  }));
}

function stored(value: ColumnValue, type: ColumnType): ColumnValue {
  return type === 'json' && typeof value === 'string' ? Buffer.from(value) : value;
}

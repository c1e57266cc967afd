// Records as an Arrow file: one record batch after the other, then the footer. The library is an optional peer, loaded when a sink
// is opened. https://arrow.apache.org/docs/format/Columnar.html#ipc-file-format
import { filesSinkError } from '../files-sink-errors.ts';
import type { FileEncoder } from './file-encoder.ts';
import { type RowGroup, rowGroups } from './row-groups.ts';
import type { ColumnType, TypedColumn } from './typed-column.ts';

type Arrow = typeof import('apache-arrow');

/** The parameters of the format. */
export interface ArrowFormatOptions {
  readonly columns: readonly TypedColumn[];
  readonly rowGroupRows: number;
  readonly writeEmpty: boolean;
}

/**
 * Writes plain objects as rows of an Arrow file.
 *
 * @throws `MR_SINK_FILES_PACKAGE_MISSING` without the package apache-arrow.
 */
export async function arrowEncoder(
  options: ArrowFormatOptions,
  load: () => Promise<Arrow> = () => import('apache-arrow'),
): Promise<FileEncoder> {
  const { columns, rowGroupRows, writeEmpty } = options;
  const arrow = await loaded(load);
  const typeOf = columnTypes(arrow);
  const types = columns.map(({ type }) => typeOf[type]());
  const schema = new arrow.Schema(
    columns.map(({ name }, place) => new arrow.Field(name, types[place] ?? new arrow.Utf8(), true)),
  );
  const FileWriter = collectingWriter(arrow);
  return function* encode(records, write) {
    const file = new FileWriter();
    let isBegun = false;
    const begin = (): void => {
      if (!isBegun) file.reset(undefined, schema);
      isBegun = true;
    };
    for (const group of rowGroups(records, { columns, rowGroupRows, write })) {
      begin();
      file.write(recordBatch(arrow, schema, group));
      yield file.taken();
    }
    if (writeEmpty) begin();
    if (!isBegun) return;
    file.finish();
    yield file.taken();
  };
}

async function loaded(load: () => Promise<Arrow>): Promise<Arrow> {
  try {
    return await load();
  } catch (cause) {
    const message =
      "expected the package apache-arrow for format: 'arrow'; install the package with npm install apache-arrow@21.2.0";
    throw filesSinkError('MR_SINK_FILES_PACKAGE_MISSING', message, {
      details: { package: 'apache-arrow' },
      cause,
    });
  }
}

function columnTypes(arrow: Arrow) {
  const { Utf8, Bool, Int32, Int64, Float64, TimestampMillisecond, Binary } = arrow;
  return {
    text: () => new Utf8(),
    boolean: () => new Bool(),
    int32: () => new Int32(),
    int64: () => new Int64(),
    double: () => new Float64(),
    timestamp: () => new TimestampMillisecond('UTC'),
    bytes: () => new Binary(),
    json: () => new Utf8(),
  } satisfies Record<ColumnType, () => unknown>;
}

function recordBatch(arrow: Arrow, schema: InstanceType<Arrow['Schema']>, { rows, values }: RowGroup) {
  const children = schema.fields.map(({ type }, place) => {
    const { data } = arrow.vectorFromArray(values[place] ?? [], type);
    const [first] = data;
    if (first === undefined || data.length > 1) throw new TypeError('expected a column in one piece');
    return first;
  });
  const struct = arrow.makeData({
    type: new arrow.Struct(schema.fields),
    length: rows,
    nullCount: 0,
    children,
  });
  return new arrow.RecordBatch(schema, struct);
}

/** A writer whose bytes are taken out after each record batch, so that memory holds one of them. */
function collectingWriter(arrow: Arrow) {
  return class CollectingWriter extends arrow.RecordBatchFileWriter {
    #chunks: Uint8Array[] = [];

    /** The bytes written since the last call. */
    taken(): Uint8Array {
      return Buffer.concat(this.#chunks.splice(0));
    }

    protected override _write(chunk: ArrayBufferView): this {
      if (!this._started) return this;
      const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength).slice();
      this.#chunks.push(bytes);
      this._position += bytes.length;
      return this;
    }
  };
}

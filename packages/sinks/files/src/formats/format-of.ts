// Selects a format according to the options.
import { encodedChunks } from './encoded-chunks.ts';
import type { FilesSinkOptions } from '../files-sink.options.ts';
import { arrowEncoder } from './arrow-format.ts';
import { csvFormat } from './csv-format.ts';
import type { FileEncoder } from './file-encoder.ts';
import { ndjsonFormat } from './ndjson-format.ts';
import { parquetEncoder } from './parquet-format.ts';
import type { RecordFormat } from './record-format.ts';
import { textFormat } from './text-format.ts';
import { typedColumns } from './typed-column.ts';

type FormatName = FilesSinkOptions['format'];

/** The default suffix of a format. */
export const DEFAULT_SUFFIXES: Readonly<Record<FormatName, string>> = {
  ndjson: '.ndjson',
  text: '.txt',
  csv: '.csv',
  parquet: '.parquet',
  arrow: '.arrow',
};

/** The encoder requested by the options. @throws `MR_SINK_FILES_PACKAGE_MISSING` */
export async function encoderOf(options: FilesSinkOptions): Promise<FileEncoder> {
  const { format, columns = [], writeEmpty, rowGroupRows = 50_000, compression = 'snappy' } = options;
  switch (format) {
    case 'parquet':
      return parquetEncoder({ columns: typedColumns(columns), rowGroupRows, compression, writeEmpty });
    case 'arrow':
      return await arrowEncoder({ columns: typedColumns(columns), rowGroupRows, writeEmpty });
    case 'csv':
    case 'ndjson':
    case 'text':
      return linesEncoder(lineFormatOf({ ...options, format }), options);
  }
}

function linesEncoder(format: RecordFormat, { chunkBytes, writeEmpty }: FilesSinkOptions): FileEncoder {
  return (records, write) => encodedChunks(records, { format, chunkBytes, writeEmpty, write });
}

function lineFormatOf({
  format,
  columns = [],
  header = true,
  delimiter = ',',
}: FilesSinkOptions & { readonly format: 'ndjson' | 'text' | 'csv' }): RecordFormat {
  switch (format) {
    case 'ndjson':
      return ndjsonFormat;
    case 'text':
      return textFormat;
    case 'csv':
      return csvFormat({ columns: typedColumns(columns).map(({ name }) => name), header, delimiter });
  }
}

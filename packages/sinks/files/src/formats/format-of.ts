// Selects a format according to the options.
import type { FilesSinkOptions } from '../files-sink.options.ts';
import { csvFormat } from './csv-format.ts';
import { ndjsonFormat } from './ndjson-format.ts';
import type { RecordFormat } from './record-format.ts';
import { textFormat } from './text-format.ts';

type FormatName = FilesSinkOptions['format'];

/** The default suffix of a format. */
export const DEFAULT_SUFFIXES: Readonly<Record<FormatName, string>> = {
  ndjson: '.ndjson',
  text: '.txt',
  csv: '.csv',
};

/** The format requested by the options. */
export function formatOf({
  format,
  columns = [],
  header = true,
  delimiter = ',',
}: FilesSinkOptions): RecordFormat {
  switch (format) {
    case 'ndjson':
      return ndjsonFormat;
    case 'text':
      return textFormat;
    case 'csv':
      return csvFormat({ columns, header, delimiter });
  }
}

// The layout of CSV files.

/** The layout of a CSV file. */
export interface CsvLayout {
  /** The names of the columns; absent: the first row contains the names. */
  readonly columns?: readonly string[];
  /** The character between fields. */
  readonly delimiter: string;
  /** The character around fields, or `none`: quotes are text. Default `"`. */
  readonly quote?: string;
  /** True when spaces and tabs around fields, and around their quotes, are removed. Default false. */
  readonly trim?: boolean;
  /** True when a quote inside an unquoted field is text. Default false: such a row is malformed. */
  readonly relaxQuotes?: boolean;
  readonly maxRecordBytes: number;
}

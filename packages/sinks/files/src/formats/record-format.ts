// The conversion of a record to a line. A format is pure: a format knows no file, no partition and no index, and throws
// the reason for refusing a record; the caller adds the rest.

/** One way to write records as lines of text. */
export interface RecordFormat {
  /** The beginning of every file: whole lines, or empty. */
  readonly header: string;
  /**
   * A record as a line with its `\n`. `isFirst`: true for the first line after the header.
   *
   * @throws UnsupportedRecord, or any error of the record's own code.
   */
  line(record: unknown, isFirst?: boolean): string;
}

/** The reason for refusing a record; becomes the reason in `MR_SINK_UNSUPPORTED_RECORD`. */
export class UnsupportedRecord extends TypeError {
  /** The column of the refused value, in formats with columns. */
  readonly column: string | undefined;

  constructor(reason: string, column?: string) {
    super(reason);
    this.column = column;
  }
}

/** Readers omit a byte order mark at the beginning of a file. */
export const BYTE_ORDER_MARK = '\ufeff';

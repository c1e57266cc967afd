// How a record becomes a line. A format is pure: it knows no file, no partition and no index, and says why when a
// record is not for it; who calls it knows the rest.

/** One way to write records as lines of text. */
export interface RecordFormat {
  /** What every file begins with: whole lines, or nothing. */
  readonly header: string;
  /**
   * A record as a line with its `\n`. `isFirst`: it is the first line behind the header.
   *
   * @throws UnsupportedRecord, or whatever the record's own code throws.
   */
  line(record: unknown, isFirst?: boolean): string;
}

/** Why a record cannot be a line; becomes the reason in `MR_SINK_UNSUPPORTED_RECORD`. */
export class UnsupportedRecord extends TypeError {
  /** The column it is about, where there are columns. */
  readonly column: string | undefined;

  constructor(reason: string, column?: string) {
    super(reason);
    this.column = column;
  }
}

/** What a value is, in words for a message that must not repeat the value. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return `an object (${value.constructor?.name ?? 'without a class'})`;
  return typeof value === 'undefined' ? 'undefined' : `a ${typeof value}`;
}

/** Readers leave out a byte order mark at the beginning of a file. */
export const BYTE_ORDER_MARK = '\ufeff';

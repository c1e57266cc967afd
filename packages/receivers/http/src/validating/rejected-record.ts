// Rejected records, as an answer reports them: the place of every record, and the issues of the first ones.

/** The place of a record in its body. */
export interface RecordPlace {
  /** From 0. */
  readonly index: number;
  /** From 1; undefined in formats without lines. */
  readonly line: number | undefined;
}

/** One issue of a record. */
export interface ReportedIssue {
  /** The place in the record, for instance `items[2].price`; empty for the record itself. */
  readonly path: string;
  readonly message: string;
}

/** A record that the schema refused. */
export interface RejectedRecord {
  /** The index of the record in its body, from 0. */
  readonly index: number;
  /** The line of the record, from 1; only in formats with lines. */
  readonly line?: number;
  /** Absent when the records before have used up the issues of the answer. */
  readonly issues?: readonly ReportedIssue[];
  /** The number of issues that the report leaves out; absent for none. */
  readonly moreIssues?: number;
}

/** Memory of a rejected record without its issues, in bytes. */
const RECORD_BYTES = 64;
const ISSUE_BYTES = 64;

/** Memory of rejected records, in bytes. */
export function weightOfRejected(rejected: readonly RejectedRecord[]): number {
  return rejected.reduce(
    (sum, { issues = [] }) =>
      sum +
      RECORD_BYTES +
      issues.reduce((bytes, { path, message }) => bytes + ISSUE_BYTES + path.length + message.length, 0),
    0,
  );
}

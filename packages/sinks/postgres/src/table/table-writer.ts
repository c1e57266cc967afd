// The writing of rows to one table, inside the transaction of a partition.
import type { SinkWrite } from '@millrace/core';
import type { Session } from '../connection/session.ts';
import type { RecordRow } from '../rows/record-rows.ts';

/** Writes rows to a table. All methods are for use inside a transaction. */
export interface TableWriter {
  /** True when `copy` works. */
  readonly canCopy: boolean;
  /** The rows of this partition follow: in one statement, or in several. */
  begin(session: Session, write: SinkWrite, isOneStatement: boolean): Promise<void>;
  /** Writes some rows in one statement. */
  put(session: Session, rows: readonly RecordRow[], write: SinkWrite): Promise<void>;
  /** Writes any number of rows by COPY: as texts of whole lines. */
  copy(session: Session, texts: Iterable<string>): Promise<void>;
}

// One partition on its way to the table: a look into the ledger, the begin of the batch, the inserts, the end of the partition.
import type { SinkWrite } from '@millrace/core';
import type { ClickhouseSinkOptions } from '../clickhouse-sink.options.ts';
import type { ClickhouseServer } from '../connection/clickhouse-server.ts';
import { rowLines } from '../rows/row-lines.ts';
import type { ClickhouseRow } from '../rows/row-text.ts';
import type { ClickhouseLedger } from './clickhouse-ledger.ts';
import type { ClickhouseTable } from './rows-table.ts';

/** The parameters of a write. */
export interface PartitionWrite<T> {
  readonly server: ClickhouseServer;
  readonly table: ClickhouseTable;
  readonly ledger: ClickhouseLedger;
  readonly options: ClickhouseSinkOptions;
  readonly row: ((record: T) => ClickhouseRow) | undefined;
  readonly write: SinkWrite;
  /** Converts an error of the server; `what` is the failed action. */
  readonly failure: (error: unknown, what: string) => Error;
}

/** Writes a partition, unless the ledger contains the partition. @throws errors of the records as they are. */
export async function writePartition<T>(
  records: Iterable<T>,
  { server, table, ledger, options, row, write, failure }: PartitionWrite<T>,
): Promise<void> {
  const on = async <R>(what: string, step: Promise<R>): Promise<R> => {
    try {
      return await step;
    } catch (error) {
      throw failure(error, what);
    }
  };
  const { division: first, isWritten } = await on('read the ledger', ledger.look(write));
  if (isWritten) return;
  const { maxRowsPerInsert: maxRecords, maxBytesPerInsert: maxBytes, bytesInMemory } = options;
  // A batch that was begun with other bounds is completed with these.
  const division = first ?? { partitions: write.partitions, maxRecords, maxBytes };
  let inserts = 0;
  let rows = 0;
  const lines = rowLines(records, { row, columns: table.columns, bounds: division, bytesInMemory, write });
  for (const { texts } of lines) {
    if (inserts === 0 && first === undefined)
      await on('begin a batch in the ledger', ledger.begin(write, division));
    const what = `insert ${texts.length} rows of partition ${write.partition} into table ${JSON.stringify(options.table)}`;
    const insert = { into: table.into, lines: `${texts.join('\n')}\n`, token: ledger.token(write, inserts) };
    await on(what, server.insert(insert));
    inserts += 1;
    rows += texts.length;
  }
  // A partition without records leaves no trace.
  if (inserts > 0) await on('end a partition in the ledger', ledger.end(write, division, rows));
}

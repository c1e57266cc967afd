// The additions of `--durable DIR` to the job: a write-ahead log, checkpoints, and totals in a database, where each
// batch is written once, however often the batch runs. A process killed at any instant can be started again and
// continues.
//
//   DIR/wal           blocks and the driver's decisions
//   DIR/checkpoints   the progress of batches
//   DIR/totals.db     the results
//   DIR/run.json      the settings that must stay the same from run to run
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SinkWriter, type Plugin } from '@millrace/core';
import { sqliteSink } from '@millrace/sink-sqlite';
import { fileWriteAheadLog } from '@millrace/wal';
import type { Tally } from './flight-statistics.ts';

/** A tally as a row of the database. */
export type TallyRow = Tally & { readonly origin: string };

/** The state of a durable run on disk. */
export interface DurableRun {
  readonly plugin: Plugin;
  readonly checkpointDirectory: string;
  readonly totals: SinkWriter<TallyRow>;
  /** The totals of all batches, of this process and of earlier processes. */
  readTotals(): ReadonlyMap<string, Tally>;
}

/** The settings that must stay the same from run to run. */
export type DurableSettings = Readonly<Record<string, number | string>>;

const COLUMNS = ['origin', 'departures', 'delaySum', 'worstDelay', 'distanceSum'];

/**
 * Opens the directory of a durable run, and makes a missing directory.
 *
 * @throws when the directory belongs to a run with other settings: then the records would be divided differently.
 */
export function durableRun(directory: string, settings: DurableSettings): DurableRun {
  mkdirSync(directory, { recursive: true });
  checkSettings(join(directory, 'run.json'), settings);
  const file = join(directory, 'totals.db');
  return {
    plugin: fileWriteAheadLog({ directory: join(directory, 'wal') }),
    checkpointDirectory: join(directory, 'checkpoints'),
    totals: new SinkWriter(sqliteSink<TallyRow>({ file, table: 'tallies', columns: COLUMNS })),
    readTotals: () => readTotals(file),
  };
}

function checkSettings(file: string, settings: DurableSettings): void {
  const text = JSON.stringify(settings);
  if (!existsSync(file)) writeFileSync(file, text);
  const before = readFileSync(file, 'utf8');
  if (before === text) return;
  throw new Error(
    `${file} says that the run before had ${before}, this one has ${text}; use the same or another directory`,
  );
}

function readTotals(file: string): ReadonlyMap<string, Tally> {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const rows = database
      .prepare(
        `SELECT origin, sum(departures) AS departures, sum(delaySum) AS delaySum,
                max(worstDelay) AS worstDelay, sum(distanceSum) AS distanceSum
         FROM tallies GROUP BY origin`,
      )
      .all();
    // The columns are the columns of the query, and the sink has written numbers into these columns.
    return new Map(rows.map(({ origin, ...tally }) => [String(origin), tally as unknown as Tally]));
  } finally {
    database.close();
  }
}

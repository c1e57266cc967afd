// Batches as text for a terminal, as wide as the terminal admits.
import type { BatchInfo } from '@millrace/core';
import { escapeControls } from '@millrace/core/engine';
import Table from 'cli-table3';
import { busiest, NO_FLIGHTS, type Tally } from './flight-statistics.ts';
import { WINDOW_BATCHES, type FlightsBatch } from './flights-job.ts';
import type { WordsBatch } from './words-job.ts';

/** The number of airports in a table. */
const SHOWN_AIRPORTS = 5;

/** The width of an output that is no terminal, in columns. */
const PLAIN_WIDTH = 100;

const LETTERS = new Intl.Segmenter();

/** One column of the table of airports. */
interface Column {
  readonly head: string;
  readonly cell: (airport: {
    readonly origin: string;
    readonly now: Tally;
    readonly window: Tally;
  }) => string;
}

const AIRPORT: Column = { head: 'airport', cell: ({ origin }) => origin };
const IN_WINDOW = `in ${WINDOW_BATCHES} batches`;

/** The tables for wide, ordinary and narrow terminals; the first that fits is shown. */
const LAYOUTS: readonly (readonly Column[])[] = [
  [
    AIRPORT,
    { head: 'departures', cell: ({ now }) => String(now.departures) },
    { head: 'mean delay', cell: ({ now }) => meanDelay(now) },
    { head: 'worst', cell: ({ now }) => worstDelay(now) },
    { head: IN_WINDOW, cell: ({ window }) => String(window.departures) },
    { head: 'mean delay', cell: ({ window }) => meanDelay(window) },
    { head: 'worst', cell: ({ window }) => worstDelay(window) },
  ],
  [
    AIRPORT,
    { head: 'departures', cell: ({ now }) => String(now.departures) },
    { head: 'mean delay', cell: ({ now }) => meanDelay(now) },
    { head: IN_WINDOW, cell: ({ window }) => String(window.departures) },
    { head: 'worst', cell: ({ window }) => worstDelay(window) },
  ],
  [
    AIRPORT,
    { head: 'flights', cell: ({ now }) => String(now.departures) },
    { head: 'mean delay', cell: ({ now }) => meanDelay(now) },
  ],
];

/** A batch of flights: its figures, then the busiest airports. */
export function flightsTable(
  { batch, airports, window }: FlightsBatch,
  batchIntervalMs: number,
  width = terminalWidth(),
): string {
  // Ordered by the window: an order that is stable from batch to batch.
  const rows = busiest(window, SHOWN_AIRPORTS).map(([origin, inWindow]) => ({
    origin,
    now: airports.get(origin) ?? NO_FLIGHTS,
    window: inWindow,
  }));
  const line = batchLine(batch, batchIntervalMs, width);
  if (rows.length === 0) return line;
  const tables = LAYOUTS.map((columns) =>
    tableOf(
      columns.map(({ head }) => head),
      rows.map((row) => columns.map(({ cell }) => cell(row))),
    ),
  );
  return `${line}\n${tables.find((table) => widthOf(table) <= width) ?? tables.at(-1)}`;
}

/** A batch of words: its figures, then the most frequent words. */
export function wordsTable(
  { batch, words }: WordsBatch,
  batchIntervalMs: number,
  width = terminalWidth(),
): string {
  const line = batchLine(batch, batchIntervalMs, width);
  if (words.length === 0) return line;
  const rows = words.map(([word, count]) => [cut(escapeControls(word), width - COUNT_WIDTH), String(count)]);
  return `${line}\n${tableOf(['word', 'count'], rows)}`;
}

/** The part of a table of words beside the words: borders, spaces and the count. */
const COUNT_WIDTH = 20;

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const table = new Table({
    head: [...head],
    colAligns: head.map((_, column) => (column === 0 ? 'left' : 'right')),
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) table.push([...row]);
  return table.toString();
}

function widthOf(table: string): number {
  return table.split('\n', 1)[0]?.length ?? 0;
}

function terminalWidth(): number {
  return process.stdout.isTTY ? process.stdout.columns : PLAIN_WIDTH;
}

function meanDelay({ departures, delaySum }: Tally): string {
  return departures === 0 ? '-' : `${(delaySum / departures).toFixed(1)} min`;
}

function worstDelay({ departures, worstDelay: worst }: Tally): string {
  return departures === 0 ? '-' : `${worst} min`;
}

/** The figures of a batch, on as few lines as the width admits. */
function batchLine(batch: BatchInfo, batchIntervalMs: number, width: number): string {
  const time = new Date(batch.batchTime).toISOString().slice(11, 23);
  const rate = Math.round((batch.recordCount * 1_000) / batchIntervalMs);
  const figures = [
    `${batch.recordCount} records`,
    `${rate} records/s`,
    `scheduling ${milliseconds(batch.schedulingDelayMs)}`,
    `processing ${milliseconds(batch.processingDelayMs)}`,
  ];
  let lines = `batch ${time}`;
  let used = lines.length;
  for (const figure of figures) {
    const fits = used + 2 + figure.length <= width;
    lines += `${fits ? '' : '\n'}  ${figure}`;
    used = (fits ? used : 0) + 2 + figure.length;
  }
  return lines;
}

function cut(text: string, width: number): string {
  const letters = [...LETTERS.segment(text)].map(({ segment }) => segment);
  const most = Math.max(10, width);
  return letters.length <= most ? text : `${letters.slice(0, most - 1).join('')}…`;
}

function milliseconds(value: number | undefined): string {
  return value === undefined ? '-' : `${value.toFixed(1)} ms`;
}

// Batches as text for a terminal.
import type { BatchInfo } from '@millrace/core';
import Table from 'cli-table3';
import { busiest, NO_FLIGHTS, type Tally } from './flight-statistics.ts';
import { WINDOW_BATCHES, type FlightsBatch } from './flights-job.ts';
import type { WordsBatch } from './words-job.ts';

/** The number of airports in a table. */
const SHOWN_AIRPORTS = 5;

/** A batch of flights: its figures in one line, then the busiest airports. */
export function flightsTable({ batch, airports, window }: FlightsBatch, batchIntervalMs: number): string {
  const table = new Table({
    head: [
      'airport',
      'departures',
      'mean delay',
      'worst',
      `in ${WINDOW_BATCHES} batches`,
      'mean delay',
      'worst',
    ],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  });
  // Ordered by the window: an order that is stable from batch to batch.
  for (const [origin, inWindow] of busiest(window, SHOWN_AIRPORTS)) {
    table.push([origin, ...cells(airports.get(origin) ?? NO_FLIGHTS), ...cells(inWindow)]);
  }
  const line = batchLine(batch, batchIntervalMs);
  return table.length === 0 ? line : `${line}\n${table.toString()}`;
}

/** A batch of words: its figures in one line, then the most frequent words. */
export function wordsTable({ batch, words }: WordsBatch, batchIntervalMs: number): string {
  const line = batchLine(batch, batchIntervalMs);
  if (words.length === 0) return line;
  const table = new Table({
    head: ['word', 'count'],
    colAligns: ['left', 'right'],
    style: { head: [], border: [], compact: true },
  });
  for (const [word, count] of words) table.push([word, count]);
  return `${line}\n${table.toString()}`;
}

function cells(tally: Tally): readonly string[] {
  if (tally.departures === 0) return ['0', '-', '-'];
  return [
    String(tally.departures),
    `${(tally.delaySum / tally.departures).toFixed(1)} min`,
    `${tally.worstDelay} min`,
  ];
}

function batchLine(batch: BatchInfo, batchIntervalMs: number): string {
  const time = new Date(batch.batchTime).toISOString().slice(11, 23);
  const rate = Math.round((batch.recordCount * 1_000) / batchIntervalMs);
  return [
    `batch ${time}`,
    `${batch.recordCount} records`,
    `${rate} records/s`,
    `scheduling ${milliseconds(batch.schedulingDelayMs)}`,
    `processing ${milliseconds(batch.processingDelayMs)}`,
  ].join('  ');
}

function milliseconds(value: number | undefined): string {
  return value === undefined ? '-' : `${value.toFixed(1)} ms`;
}

// The output as held by an idempotent sink: one result for each output operation and batch. The ledger outlives every
// process. The ledger reports a violation at once when a re-run of a batch has another result (BAT-4) or when outputs
// of one operation complete out of order (BAT-3).

import type { SinkWrite } from '@millrace/core';
import type { SimRecord } from './sim-record.ts';

/** One result of one output operation. */
export type OutputRecords = readonly unknown[];

/** The whole output of one world. */
export class Ledger {
  readonly #violated: (promise: string, what: string) => void;
  readonly #outputs = new Map<string, Map<number, OutputRecords>>();
  readonly #asText = new Map<string, string>();
  /** The start time of the first driver that ran. */
  #firstStart: number | undefined;
  /** The latest wall time until this driver ran. */
  #latestStart = Number.NEGATIVE_INFINITY;
  /** The number of batches left out before a batch, as reported by a driver. */
  readonly #leftOutBefore = new Map<number, number>();
  /** The batches reported as skipped by a driver. */
  readonly #skipped = new Set<number>();
  readonly #removed = new Set<string>();
  readonly #letters = new Map<
    string,
    { readonly batchTime: number; readonly records: readonly SimRecord[] }
  >();
  /** The last batch of each operation, for the current driver. */
  #last = new Map<string, number>();

  constructor(violated: (promise: string, what: string) => void) {
    this.#violated = violated;
  }

  /** A driver begins: unfinished batches are run again. */
  driverBegins(): void {
    this.#last = new Map();
  }

  /** A driver is started at a wall time. The driver may have recorded the zero time even if it never runs. */
  driverStarts(wallMs: number): void {
    if (this.#firstStart === undefined) this.#latestStart = Math.max(this.#latestStart, wallMs);
  }

  /** The driver started at this wall time runs now; `latestMs` is the latest wall time that there was until now. */
  driverRuns(startedMs: number, latestMs: number): void {
    if (this.#firstStart !== undefined) return;
    this.#firstStart = startedMs;
    this.#latestStart = Math.max(this.#latestStart, latestMs);
  }

  /**
   * The zero time of the batches: one interval before the first batch, unless batches were left out at the beginning.
   * In this case the zero time is earlier by the reported number of intervals. If no driver lived to report, the zero
   * time is the interval in which the first running driver was started.
   */
  zeroTime(firstBatch: number, batchIntervalMs: number): number {
    if (this.#leftOutBefore.has(firstBatch))
      return firstBatch - (this.gapBefore(firstBatch, batchIntervalMs) + 1) * batchIntervalMs;
    const before = firstBatch - batchIntervalMs;
    if (this.#firstStart === undefined || before <= this.#latestStart) return before;
    return Math.floor(this.#firstStart / batchIntervalMs) * batchIntervalMs;
  }

  /** A driver reports that it leaves out this many batches before this one. */
  leavesOutBefore(batchTime: number, count: number): void {
    this.#leftOutBefore.set(batchTime, count);
  }

  /** The number of batches left out before this one, as reported; undefined: no report. */
  leftOutBefore(batchTime: number): number | undefined {
    return this.#leftOutBefore.get(batchTime);
  }

  /** The number of batches left out directly before this one. Ranges of successive drivers may adjoin each other. */
  gapBefore(batchTime: number, intervalMs: number): number {
    let gap = 0;
    let count = this.leftOutBefore(batchTime);
    while (count !== undefined && count > 0) {
      gap += count;
      count = this.leftOutBefore(batchTime - gap * intervalMs);
    }
    return gap;
  }

  /** The first batch after the last batches that a driver has left out; undefined: none was left out. */
  get lastGapEnd(): number | undefined {
    return [...this.#leftOutBefore.keys()].toSorted((one, other) => one - other).at(-1);
  }

  /** A driver reports a skipped batch: outputs of the batch may be missing from now on. */
  skips(batchTime: number): void {
    this.#skipped.add(batchTime);
  }

  /** Tells whether outputs of a batch may be missing permanently. */
  isSkipped(batchTime: number): boolean {
    return this.#skipped.has(batchTime);
  }

  /**
   * An operator removed the output of a batch, so that the batch can run again with another number of partitions. A
   * driver that later finds a newer checkpoint, which was unreadable before, does not run the batch again.
   */
  removedByOperator(operation: string, batchTime: number): void {
    this.#removed.add(`${operation} ${batchTime}`);
  }

  /** Whether an operator removed the output of a batch. */
  isRemovedByOperator(operation: string, batchTime: number): boolean {
    return this.#removed.has(`${operation} ${batchTime}`);
  }

  /** Records an output of the driver. Records arrive in the order of the batch. */
  write(operation: string, batchTime: number, records: OutputRecords): void {
    const last = this.#last.get(operation) ?? Number.NEGATIVE_INFINITY;
    if (batchTime < last)
      this.#violated('BAT-3', `${operation} wrote batch ${batchTime} after batch ${last}`);
    this.#last.set(operation, batchTime);
    this.writeAnyOrder(operation, batchTime, records);
  }

  /**
   * Records an output of a task: concurrently with other tasks, and twice when an executor reported its completion too
   * late.
   */
  writeAnyOrder(operation: string, batchTime: number, records: OutputRecords): void {
    const text = JSON.stringify(records);
    const key = `${operation}@${batchTime}`;
    const before = this.#asText.get(key);
    if (before !== undefined && before !== text) {
      this.#violated(
        'BAT-4',
        `${operation} of batch ${batchTime} was ${short(before)} and is now ${short(text)}`,
      );
    }
    this.#asText.set(key, text);
    const batches = this.#outputs.get(operation) ?? new Map<number, OutputRecords>();
    this.#outputs.set(operation, batches);
    batches.set(batchTime, records);
  }

  /** Records dead letters: a repeated write changes nothing, and has to be the same. */
  writeLetters(
    { application, batchTime, partition, partitions }: SinkWrite,
    records: readonly SimRecord[],
  ): void {
    const key = `${application}@${batchTime}-${partition}/${partitions}`;
    const before = this.#letters.get(key);
    const [is, was] = [JSON.stringify(records), JSON.stringify(before?.records)];
    if (before !== undefined && is !== was)
      this.#violated('ERR-2', `the letters ${key} were ${short(was)} and are now ${short(is)}`);
    if (before === undefined) this.#letters.set(key, { batchTime, records });
  }

  /** The records of all dead letters of a batch. */
  lettersOf(batchTime: number): readonly SimRecord[] {
    return [...this.#letters.values()].flatMap((write) =>
      write.batchTime === batchTime ? write.records : [],
    );
  }

  /** The results of an operation, by batch time, in order. */
  batches(operation: string): readonly (readonly [number, OutputRecords])[] {
    return [...(this.#outputs.get(operation) ?? [])].toSorted(([one], [other]) => one - other);
  }

  /** The result of an operation for one batch; undefined: none so far. */
  recordsOf(operation: string, batchTime: number): OutputRecords | undefined {
    return this.#outputs.get(operation)?.get(batchTime);
  }

  /** The operations that have written anything. */
  operations(): readonly string[] {
    return [...this.#outputs.keys()];
  }

  /** All results as one text; equal runs have equal texts. */
  fingerprint(): string {
    return JSON.stringify([...this.#asText].toSorted(([one], [other]) => (one < other ? -1 : 1)));
  }
}

function short(text: string): string {
  return text.length > 120 ? `${text.slice(0, 120)}… (${text.length} characters)` : text;
}

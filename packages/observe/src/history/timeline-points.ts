// The points of one timeline: sums over the batches of each point, and the columns of the schema out of the sums.
import type { Timeline } from '../schema/timelines.ts';
import { PointRing, type PointRow } from './point-ring.ts';

/** The exact columns. Sums, so that points can be merged. */
const TIME = 0;
const BATCHES = 1;
const FAILED = 2;
const RECORDS = 3;
const SCHEDULING = 4;
const PROCESSING = 5;
const TOTAL = 6;
const MAX_TOTAL = 7;
/** NaN: no limit is known. */
const RATE_LIMIT = 8;
/** The time of all batches of the point: batches × interval, in milliseconds. */
const SPAN = 9;
const EXACT_COLUMNS = 10;

/** One input of a batch, by the number of the input in the timelines. */
export interface PointInput {
  readonly slot: number;
  readonly records: number;
  readonly rateLimit: number | undefined;
}

/** One completed batch. */
export interface TimelineBatch {
  /** The time of the point: a multiple of the width of points. */
  readonly timeMs: number;
  readonly isFailed: boolean;
  readonly records: number;
  readonly schedulingMs: number;
  readonly processingMs: number;
  readonly totalMs: number;
  /** The sum of the limits of all receivers; undefined: none is known. */
  readonly rateLimit: number | undefined;
  readonly intervalMs: number;
  readonly inputs: readonly PointInput[];
}

/** Points of one width. */
export class TimelinePoints {
  readonly #ring: PointRing;
  readonly #onOut: (row: PointRow) => void;
  /** By slot of an input: the column of records; the column of the limit follows. */
  readonly #columns: number[] = [];

  /** `onOut` gets the oldest point when a new one takes its place. */
  constructor(maxPoints: number, onOut: (row: PointRow) => void = () => undefined) {
    this.#ring = new PointRing(maxPoints, EXACT_COLUMNS);
    this.#onOut = onOut;
  }

  get bytes(): number {
    return this.#ring.bytes;
  }

  get length(): number {
    return this.#ring.length;
  }

  /** Adds the next input. Its slot is the number of inputs before. */
  addInput(): void {
    this.#columns.push(this.#ring.addColumn(0));
    this.#ring.addColumn(Number.NaN);
  }

  /** Adds a completed batch. A batch that is older than all points of a full ring is left out. */
  add(batch: TimelineBatch): void {
    const ring = this.#ring;
    const index = ring.pointAt(batch.timeMs, this.#fill, this.#onOut);
    if (index === undefined) return;
    ring.add(index, BATCHES, 1);
    if (batch.isFailed) ring.add(index, FAILED, 1);
    ring.add(index, RECORDS, batch.records);
    ring.add(index, SCHEDULING, batch.schedulingMs);
    ring.add(index, PROCESSING, batch.processingMs);
    ring.add(index, TOTAL, batch.totalMs);
    ring.set(index, MAX_TOTAL, Math.max(ring.get(index, MAX_TOTAL), batch.totalMs));
    if (batch.rateLimit !== undefined) ring.set(index, RATE_LIMIT, batch.rateLimit);
    ring.add(index, SPAN, batch.intervalMs);
    for (const { slot, records, rateLimit } of batch.inputs) {
      const column = this.#columns[slot];
      if (column === undefined) continue;
      ring.add(index, column, records);
      if (rateLimit !== undefined) ring.set(index, column + 1, rateLimit);
    }
  }

  /** Merges the point of another timeline with the same inputs into the point of `timeMs`. */
  merge(row: PointRow, timeMs: number): void {
    const ring = this.#ring;
    const index = ring.pointAt(timeMs, this.#fill, this.#onOut);
    if (index === undefined) return;
    row.forEach((value, column) => {
      if (column === TIME || Number.isNaN(value)) return;
      if (column === MAX_TOTAL) ring.set(index, column, Math.max(ring.get(index, column), value));
      else if (this.#isLimit(column)) ring.set(index, column, value);
      else ring.add(index, column, value);
    });
  }

  /** The columns of the schema, from a time on. `names`: the names of the inputs by slot. */
  toTimeline(names: readonly string[], fromMs = Number.NEGATIVE_INFINITY, maxPoints = Infinity): Timeline {
    const ring = this.#ring;
    const from = Math.max(ring.indexFrom(fromMs), ring.length - maxPoints);
    const batches = ring.values(BATCHES, from);
    const spans = ring.values(SPAN, from);
    const means = (column: number): number[] =>
      ring.values(column, from).map((sum, index) => rounded(sum / (batches[index] as number)));
    const rates = (column: number): number[] =>
      ring.values(column, from).map((sum, index) => perSecond(sum, spans[index] as number));
    const limits = (column: number): (number | null)[] =>
      ring.values(column, from).map((limit) => (Number.isNaN(limit) ? null : rounded(limit)));
    return {
      timeMs: ring.values(TIME, from),
      batches,
      failed: ring.values(FAILED, from),
      recordsPerSecond: rates(RECORDS),
      schedulingMs: means(SCHEDULING),
      processingMs: means(PROCESSING),
      totalMs: means(TOTAL),
      maxTotalMs: ring.values(MAX_TOTAL, from).map(rounded),
      rateLimit: limits(RATE_LIMIT),
      inputs: this.#columns.map((column, slot) => ({
        name: names[slot] ?? '',
        recordsPerSecond: rates(column),
        rateLimit: limits(column + 1),
      })),
    };
  }

  readonly #fill = (column: number): number => (this.#isLimit(column) ? Number.NaN : 0);

  /** Columns of limits of inputs are the odd ones behind the exact columns. */
  #isLimit(column: number): boolean {
    return column === RATE_LIMIT || (column >= EXACT_COLUMNS && (column - EXACT_COLUMNS) % 2 === 1);
  }
}

/** A rate with one digit behind the point; 0 while the interval is unknown. */
function perSecond(amount: number, spanMs: number): number {
  return spanMs === 0 ? 0 : rounded((1_000 * amount) / spanMs);
}

/** One digit behind the point: an answer of 3,600 points stays small. */
function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}

// The timelines of an engine: the newest points, one a batch or one for 250 ms, and one point a minute for the day before.
import type { Timeline, Timelines } from '../schema/timelines.ts';
import { INPUTS_MAX, OTHERS_NAME } from './batch-rows.ts';
import { type TimelineBatch, type PointInput, TimelinePoints } from './timeline-points.ts';

/** The number of newest points, and of minutes before. */
export const RECENT_POINTS_MAX = 3_600;
/** A day of minutes. */
export const MINUTES_MAX = 1_440;
/** Batches of shorter intervals are merged to points of at least this width, in milliseconds. */
export const POINT_WIDTH_MS = 250;
const MINUTE_MS = 60_000;

/** A completed batch for the timelines: times and amounts. */
export interface CompletedBatch extends Omit<TimelineBatch, 'timeMs' | 'inputs'> {
  readonly batchTime: number;
  /** By stream. */
  readonly inputs: Iterable<{
    readonly streamId: number;
    readonly name: string;
    readonly records: number;
    readonly rateLimit: number | undefined;
  }>;
}

/** The history of an engine as timelines. */
export class TimelineHistory {
  readonly #day = new TimelinePoints(MINUTES_MAX);
  readonly #recent = new TimelinePoints(RECENT_POINTS_MAX, (row) =>
    this.#day.merge(row, Math.floor((row[0] as number) / MINUTE_MS) * MINUTE_MS),
  );
  /** The slot of each stream with a timeline of its own. */
  readonly #slots = new Map<number, number>();
  readonly #names: string[] = [];

  /** The bytes of all points. */
  get bytes(): number {
    return this.#recent.bytes + this.#day.bytes;
  }

  get length(): number {
    return this.#recent.length + this.#day.length;
  }

  /** Adds a completed batch; returns the time of its point. */
  add(batch: CompletedBatch): number {
    const { intervalMs, batchTime } = batch;
    const width = intervalMs <= 0 ? 1 : intervalMs * Math.ceil(POINT_WIDTH_MS / intervalMs);
    // Batches with the width of a point keep their own time.
    const timeMs =
      width === intervalMs || intervalMs <= 0 ? batchTime : Math.floor(batchTime / width) * width;
    this.#recent.add({ ...batch, timeMs, inputs: this.#inputsOf(batch) });
    return timeMs;
  }

  /** Both timelines; `maxPoints` bounds the newest points of each. */
  toTimelines(maxPoints = Number.POSITIVE_INFINITY): Timelines {
    return {
      recent: this.#recent.toTimeline(this.#names, undefined, maxPoints),
      day: this.#dayTimeline(maxPoints),
    };
  }

  /** The newest points from a time on. */
  recentFrom(timeMs: number): Timeline {
    return this.#recent.toTimeline(this.#names, timeMs);
  }

  #dayTimeline(maxPoints: number): Timeline {
    return this.#day.toTimeline(this.#names, undefined, maxPoints);
  }

  #inputsOf(batch: CompletedBatch): readonly PointInput[] {
    const inputs: PointInput[] = [];
    let others: { slot: number; records: number; rateLimit: number | undefined } | undefined;
    for (const { streamId, name, records, rateLimit } of batch.inputs) {
      const slot = this.#slotOf(streamId, name);
      if (slot < INPUTS_MAX) {
        inputs.push({ slot, records, rateLimit });
        continue;
      }
      others ??= { slot, records: 0, rateLimit: undefined };
      others.records += records;
      if (rateLimit !== undefined) others.rateLimit = (others.rateLimit ?? 0) + rateLimit;
    }
    return others === undefined ? inputs : [...inputs, others];
  }

  #slotOf(streamId: number, name: string): number {
    const known = this.#slots.get(streamId);
    if (known !== undefined) return known;
    if (this.#slots.size < INPUTS_MAX) {
      this.#slots.set(streamId, this.#slots.size);
      return this.#newSlot(name);
    }
    if (this.#names.length > INPUTS_MAX) return INPUTS_MAX;
    return this.#newSlot(OTHERS_NAME);
  }

  #newSlot(name: string): number {
    this.#names.push(name);
    this.#recent.addInput();
    this.#day.addInput();
    return this.#names.length - 1;
  }
}

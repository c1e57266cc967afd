// The expected results of event-time windows, batch by batch: the watermark, the windows that took the records of the
// batch, and the emitted windows. All results follow from the records of the batches in order; the engine contributes
// nothing but the meaning of the terms in its guide.
import { EVENT_KEYS } from './event-time-program.ts';
import { eventTimeOf, isHeartbeat } from './event-times.ts';
import { addTo, afterBatch, type Span } from './event-window-answers.ts';
import type { InputHistory } from './input-history.ts';
import type { EventTimePlan, StreamPlan } from './plan.ts';
import type { SimRecord } from './sim-record.ts';

/** The visible results of a batch, each list in the order of its texts. */
export interface EventAnswer {
  readonly watermarks: readonly (readonly [before: string, after: string])[];
  readonly windows: readonly (readonly [
    key: number,
    startMs: number,
    endMs: number,
    numbers: readonly number[],
    /** The windows emitted earlier that this window replaces. */
    replaces: readonly (readonly [startMs: number, endMs: number])[],
  ])[];
  readonly late: readonly (readonly [key: number, number: number])[];
}

/** A record from the view of windows. */
export interface SimEvent {
  readonly atMs: number;
  readonly number: number;
}

/** The answers for all batches of a history. */
export function eventAnswers(
  plan: EventTimePlan,
  streams: readonly StreamPlan[],
  history: InputHistory,
): ReadonlyMap<number, EventAnswer> {
  const watermarks = new WatermarkAnswers(plan);
  const keys = Array.from({ length: EVENT_KEYS }, (_, key) => new KeyAnswers(key, plan));
  const answers = new Map<number, EventAnswer>();
  for (const [batchTime, records] of history.batches) {
    const events = records.map((ofStream, index) => eventsOf(ofStream, streams[index] as StreamPlan));
    const all = events.flat();
    const watermark = watermarks.next(batchTime, plan.sources === 'each' ? events : [all]);
    const ofKeys = keys.map((key) => key.next(all, watermark));
    answers.set(batchTime, {
      watermarks: [[String(watermark.beforeMs), String(watermark.afterMs)]],
      windows: inOrderOfTexts(ofKeys.flatMap(({ windows }) => windows)),
      late: inOrderOfTexts(ofKeys.flatMap(({ late }) => late)),
    });
  }
  return answers;
}

function eventsOf(records: readonly SimRecord[], stream: StreamPlan): readonly SimEvent[] {
  return records.map(([number]) => ({ number, atMs: eventTimeOf(number, stream) }));
}

interface Watermark {
  readonly beforeMs: number;
  readonly afterMs: number;
}

/** The windows of one key, computed in the order of batches. */
class KeyAnswers {
  readonly #key: number;
  readonly #plan: EventTimePlan;
  #spans: readonly Span[] = [];

  constructor(key: number, plan: EventTimePlan) {
    this.#key = key;
    this.#plan = plan;
  }

  next(all: readonly SimEvent[], { beforeMs, afterMs }: Watermark): Omit<EventAnswer, 'watermarks'> {
    const { windows, allowedLatenessMs } = this.#plan;
    const events = all.filter(({ number }) => number % EVENT_KEYS === this.#key && !isHeartbeat(number));
    const isOver = (endMs: number) => endMs + allowedLatenessMs <= beforeMs;
    const { spans, late } = addTo(windows, { spans: this.#spans, events, isOver });
    // Complete, and either new since the previous batch or changed by this one.
    const isGivenOut = ({ endMs, isTouched }: Span) => endMs <= afterMs && (endMs > beforeMs || isTouched);
    this.#spans = spans
      .filter(({ endMs }) => endMs + allowedLatenessMs > afterMs)
      .map((span) => afterBatch(span, isGivenOut(span)));
    return {
      windows: spans.filter(isGivenOut).map(({ startMs, endMs, numbers, given }) => {
        const replaces = given.map((old) => [old.startMs, old.endMs] as const);
        return [this.#key, startMs, endMs, numbers.toSorted((a, b) => a - b), replaces];
      }),
      late: late.map(({ number }) => [this.#key, number]),
    };
  }
}

/** In an order independent of partitions. */
export function inOrderOfTexts<T>(items: readonly T[]): readonly T[] {
  const texts = items.map((item) => ({ item, text: JSON.stringify(item) }));
  return texts.toSorted((one, other) => (one.text < other.text ? -1 : 1)).map(({ item }) => item);
}

/** The watermark after each batch, computed in order. */
class WatermarkAnswers {
  readonly #timestamps: EventTimePlan['timestamps'];
  readonly #newestMs: number[] = [];
  readonly #seenAt: number[] = [];
  #ms = Number.NEGATIVE_INFINITY;

  constructor({ timestamps }: EventTimePlan) {
    this.#timestamps = timestamps;
  }

  next(batchTime: number, sources: readonly (readonly SimEvent[])[]): Watermark {
    const { outOfOrdernessMs, idleAfterMs = Number.POSITIVE_INFINITY, idleAdvanceMs = 0 } = this.#timestamps;
    const promises: number[] = [];
    const goneOn: number[] = [];
    for (const [index, events] of sources.entries()) {
      const newestMs = Math.max(this.#newestMs[index] ?? Number.NEGATIVE_INFINITY, ...events.map(({ atMs }) => atMs)); // prettier-ignore
      const seenAt = events.length > 0 ? batchTime : (this.#seenAt[index] ?? batchTime);
      this.#newestMs[index] = newestMs;
      this.#seenAt[index] = seenAt;
      const silentMs = batchTime - seenAt;
      if (silentMs < idleAfterMs) promises.push(newestMs - outOfOrdernessMs);
      goneOn.push(newestMs + Math.min(silentMs - outOfOrdernessMs, idleAdvanceMs));
    }
    const beforeMs = this.#ms;
    // The slowest of the active sources. Without an active source, and if requested by the program, the furthest one.
    if (promises.length > 0) this.#ms = Math.max(beforeMs, Math.min(...promises));
    else if (idleAdvanceMs > 0) this.#ms = Math.max(beforeMs, ...goneOn);
    return { beforeMs, afterMs: this.#ms };
  }
}

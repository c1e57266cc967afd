// The windows of one key that take the records of a batch, by the meaning of tumbling, sliding and session windows, in
// loops over all windows and records.
import type { SimEvent } from './event-time-answers.ts';
import type { EventWindowPlan } from './plan.ts';
import type { WindowAlignmentSettings } from './program/program-plan.ts';

/** A window of one key, and the numbers of its records. */
export interface Span {
  readonly startMs: number;
  readonly endMs: number;
  readonly numbers: readonly number[];
  /** True when this batch changed the window. */
  readonly isTouched: boolean;
  /** Emitted windows of the same records that the next emission of this window replaces, by start. */
  readonly given: readonly SpanTimes[];
}

/** The start and end of a window. */
export interface SpanTimes {
  readonly startMs: number;
  readonly endMs: number;
}

/** The input of a batch for the windows of a key. */
export interface KeyInBatch {
  /** The windows that are not over. */
  readonly spans: readonly Span[];
  readonly events: readonly SimEvent[];
  /** Tells whether a window with this end no longer takes records. */
  readonly isOver: (endMs: number) => boolean;
}

/** The result of a batch for the windows of a key. */
export interface KeyAfterBatch {
  readonly spans: readonly Span[];
  readonly late: readonly SimEvent[];
}

/** Puts the records of a batch into windows. */
export function addTo(windows: EventWindowPlan, batch: KeyInBatch): KeyAfterBatch {
  const untouched = { ...batch, spans: batch.spans.map((span) => ({ ...span, isTouched: false })) };
  switch (windows.kind) {
    case 'tumbling':
      return addToFixed({ ...windows, slideMs: windows.sizeMs }, untouched);
    case 'sliding':
      return addToFixed(windows, untouched);
    case 'session':
      return addToSessions(windows.gapMs, untouched);
  }
}

/** A window after a batch that emitted the window, or did not. */
export function afterBatch(span: Span, isGivenOut: boolean): Span {
  const { startMs, endMs } = span;
  return isGivenOut ? { ...span, given: [{ startMs, endMs }] } : span;
}

/**
 * A record is in every window that contains its time and is not over; the record is late when all containing windows
 * are over.
 */
function addToFixed(
  rule: { readonly sizeMs: number; readonly slideMs: number } & WindowAlignmentSettings,
  { spans, events, isOver }: KeyInBatch,
): KeyAfterBatch {
  const { sizeMs, slideMs } = rule;
  const movedMs = movedBy(rule);
  const byStart = new Map(spans.map((span) => [span.startMs, span]));
  const late = events.filter(({ atMs, number }) => {
    let containing = 0;
    let over = 0;
    const firstMs = Math.floor((atMs - movedMs - sizeMs) / slideMs) * slideMs + movedMs;
    for (let startMs = firstMs; startMs <= atMs; startMs += slideMs) {
      const endMs = startMs + sizeMs;
      if (endMs <= atMs) continue;
      containing += 1;
      if (isOver(endMs)) {
        over += 1;
        continue;
      }
      const { numbers = [], given = [] } = byStart.get(startMs) ?? {};
      byStart.set(startMs, { startMs, endMs, numbers: [...numbers, number], isTouched: true, given });
    }
    return containing > 0 && over === containing;
  });
  return { spans: [...byStart.values()], late };
}

/** The time by which windows begin after multiples of their slide: no clock is set while a simulation runs. */
function movedBy({ offsetMs = 0, timeZone }: WindowAlignmentSettings): number {
  if (timeZone === undefined) return offsetMs;
  const shown = new Date(0).toLocaleString('en-US', { timeZone, hourCycle: 'h23' });
  return offsetMs - Date.parse(`${shown} UTC`);
}

/**
 * Overlapping sessions and new records merge into one session, from the earliest on. A merged session with new records
 * only that is over is late.
 */
function addToSessions(gapMs: number, { spans, events, isOver }: KeyInBatch): KeyAfterBatch {
  const pieces = [
    ...spans.map((span) => ({ ...span, events: [] as readonly SimEvent[], isNew: false })),
    ...events.map((event) => ({ startMs: event.atMs, endMs: event.atMs + gapMs, numbers: [event.number], events: [event], given: [], isTouched: true, isNew: true })), // prettier-ignore
  ].toSorted((one, other) => one.startMs - other.startMs);
  const joined: typeof pieces = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    if (last === undefined || piece.startMs >= last.endMs) {
      joined.push(piece);
      continue;
    }
    joined[joined.length - 1] = {
      startMs: last.startMs,
      endMs: Math.max(last.endMs, piece.endMs),
      numbers: [...last.numbers, ...piece.numbers],
      events: [...last.events, ...piece.events],
      given: [...last.given, ...piece.given],
      isTouched: true,
      isNew: last.isNew && piece.isNew,
    };
  }
  const isLate = ({ isNew, endMs }: (typeof pieces)[number]) => isNew && isOver(endMs);
  return {
    spans: joined.filter((piece) => !isLate(piece)),
    late: joined.filter(isLate).flatMap((piece) => piece.events),
  };
}

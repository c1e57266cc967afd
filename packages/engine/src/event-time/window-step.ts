// What windows do with one batch of one partition. Records are judged by the watermark that the batch before has left,
// windows are given out by the one that this batch makes; so neither depends on the order of records inside a batch. A
// batch costs what it touches: the keys of its records, and the keys whose windows are due.
import { canonicalKey } from '../rdd/key-equality.ts';
import { copyCombiner } from '../rdd/copy-combiner.ts';
import { KeyedMap } from '../rdd/keyed-map.ts';
import type { Pair } from '../rdd/rdd.ts';
import type { StateStep } from '../state/state-rdd.ts';
import { addToWindows, type Aggregation, type Draft, type EventWindow, type OpenWindow, type WindowRule } from './event-window.ts'; // prettier-ignore
import type { Timed } from './timed-record.ts';
import type { Watermark } from './watermark.ts';

/** What reaches a partition: records with their times, and once a batch the watermark, under any of its keys. */
export type Incoming<V> = Timed<V> | Watermark;

/** What a batch of a partition gives out. */
export interface WindowBatch<K, V, A> {
  /** By end, start and key. */
  readonly windows: readonly [K, EventWindow<A>][];
  readonly late: readonly [K, V][];
}

/** What windows do. */
export interface WindowRules<in V, A> {
  readonly rule: WindowRule;
  readonly allowedLatenessMs: number;
  readonly aggregation: Aggregation<V, A>;
}

/** How many keys there are between two pauses. */
const KEYS_PER_PAUSE = 256;

/** Makes the step. It gives out one `WindowBatch`. */
export function windowStep<K, V, A>(
  rules: WindowRules<V, A>,
): StateStep<K, Incoming<V>, readonly OpenWindow<A>[], WindowBatch<K, V, A>> {
  return async ({ change, records, pause }) => {
    const { watermark, byKey } = sorted(records);
    const windows: [K, EventWindow<A>][] = [];
    const late: [K, V][] = [];
    let keys = 0;
    const advance = (key: K, incoming: readonly Timed<V>[]) => {
      const open = change.get(key)?.value ?? [];
      const after = advanced({ open, incoming, watermark, rules });
      for (const window of after.emitted) windows.push([key, window]);
      for (const [, record] of after.late) late.push([key, record]);
      if (after.open.length === 0) change.delete(key);
      else if (after.isChanged) change.set(key, after.open);
      keys += 1;
      return keys % KEYS_PER_PAUSE === 0 ? pause() : undefined;
    };
    for (const [key, incoming] of byKey) {
      const pausing = advance(key, incoming);
      if (pausing !== undefined) await pausing;
    }
    // Those that had records are not due any more: what was, was done with them.
    for (const key of change.dueUpTo(watermark.afterMs)) {
      const pausing = advance(key, []);
      if (pausing !== undefined) await pausing;
    }
    return [{ windows: inOrder(windows), late }];
  };
}

/** When something becomes of the first of these windows. They are in the state, so this needs no memory of its own. */
export function dueOf(
  allowedLatenessMs: number,
): (windows: readonly OpenWindow<unknown>[]) => number | undefined {
  return (windows) => {
    let dueMs = Number.POSITIVE_INFINITY;
    for (const { endMs, isEmitted } of windows)
      dueMs = Math.min(dueMs, isEmitted ? endMs + allowedLatenessMs : endMs);
    return windows.length === 0 ? undefined : dueMs;
  };
}

/** One key: its records go into windows, what is complete or was corrected goes out, what is over is forgotten. */
function advanced<V, A>(work: {
  readonly open: readonly OpenWindow<A>[];
  readonly incoming: readonly Timed<V>[];
  readonly watermark: Watermark;
  readonly rules: WindowRules<V, A>;
}) {
  const { beforeMs, afterMs } = work.watermark;
  const { rule, allowedLatenessMs, aggregation } = work.rules;
  const { windows, late } = addToWindows(rule, {
    open: work.open,
    records: work.incoming.toSorted(([left], [right]) => left - right),
    isClosed: (endMs) => endMs + allowedLatenessMs <= beforeMs,
    aggregation,
  });
  const emitted: EventWindow<A>[] = [];
  const open: OpenWindow<A>[] = [];
  let isChanged = windows.length !== work.open.length;
  for (const draft of windows) {
    const isComplete = draft.endMs <= afterMs;
    const isKept = draft.endMs + allowedLatenessMs > afterMs;
    const isDue = isComplete && (draft.isTouched || !draft.isEmitted);
    if (isDue) emitted.push(resultOf(draft, isKept));
    if (isKept) open.push(openWindow(draft, { isEmitted: isComplete, isGivenNow: isDue }));
    isChanged ||= isDue || draft.isTouched || !isKept;
  }
  return { emitted, open, late, isChanged };
}

/** Whoever gets the result may change it; a window that stays must not change with it. */
function resultOf<A>({ startMs, endMs, value, given }: Draft<A>, isKept: boolean): EventWindow<A> {
  const result = { startMs, endMs, value: isKept ? copyCombiner(value) : value };
  return given.length === 0 ? result : { ...result, replaces: given };
}

/** What it was given out as is the times it has now, unless these changed and it is not given out again yet. */
function openWindow<A>(
  { startMs, endMs, value, given }: Draft<A>,
  { isEmitted, isGivenNow }: { readonly isEmitted: boolean; readonly isGivenNow: boolean },
): OpenWindow<A> {
  const window = { startMs, endMs, value, isEmitted };
  const isPlain = isGivenNow || (isEmitted ? given.length <= 1 : given.length === 0);
  return isPlain ? window : { ...window, given };
}

/** The records of each key in order of arrival. A batch that was given up has no watermark: nothing is late or due. */
function sorted<K, V>(records: readonly Pair<K, Incoming<V>>[]) {
  let watermark: Watermark = { beforeMs: Number.NEGATIVE_INFINITY, afterMs: Number.NEGATIVE_INFINITY };
  const byKey = new KeyedMap<K, Timed<V>[]>();
  for (const [key, incoming] of records) {
    if (!isTimed(incoming)) {
      watermark = incoming;
      continue;
    }
    const known = byKey.get(key);
    if (known === undefined) byKey.set(key, [incoming]);
    else known.push(incoming);
  }
  return { watermark, byKey };
}

function isTimed<V>(incoming: Incoming<V>): incoming is Timed<V> {
  return Array.isArray(incoming);
}

/** The order does not depend on how keys lie in memory, which a restart changes: a batch that runs again is the same. */
function inOrder<K, A>(windows: readonly [K, EventWindow<A>][]): [K, EventWindow<A>][] {
  const named = windows.map((pair) => ({ pair, text: canonicalKey(pair[0]) }));
  named.sort(
    ({ pair: [, left], text: leftText }, { pair: [, right], text: rightText }) =>
      left.endMs - right.endMs ||
      left.startMs - right.startMs ||
      (leftText < rightText ? -1 : Number(leftText > rightText)),
  );
  return named.map(({ pair }) => pair);
}

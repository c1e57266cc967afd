// The step of windows for one batch of one partition. The watermark of the previous batch decides which records are
// late, and the watermark of this batch decides which windows are emitted; neither depends on the order of records
// inside a batch. A batch costs the keys of its records, and the keys with due windows.
import { canonicalKey } from '../rdd/key-equality.ts';
import { copyCombiner } from '../rdd/copy-combiner.ts';
import type { StateStep } from '../state/state-rdd.ts';
import { addToWindows, type Aggregation, type Draft, type EventWindow, type OpenWindow, type WindowRule } from './event-window.ts'; // prettier-ignore
import { arrived, type Incoming } from './arrivals.ts';
import type { Timed } from './timed-record.ts';
import type { Watermark } from './watermark.ts';

/** The output of a batch of a partition. */
export interface WindowBatch<K, V, A> {
  /** By end, start and key. */
  readonly windows: readonly [K, EventWindow<A>][];
  readonly late: readonly [K, V][];
}

/** The rules of windows. */
export interface WindowRules<in V, A> {
  readonly rule: WindowRule;
  readonly allowedLatenessMs: number;
  readonly aggregation: Aggregation<V, A>;
}

/** The number of keys between two pauses. */
const KEYS_PER_PAUSE = 256;

/** Makes the step. The step returns one `WindowBatch`. */
export function windowStep<K, V, A>(
  rules: WindowRules<V, A>,
): StateStep<K, Incoming<V>, readonly OpenWindow<A>[], WindowBatch<K, V, A>> {
  return async ({ change, records, pause }) => {
    const { watermark, byKey, ahead } = arrived(records);
    const windows: [K, EventWindow<A>][] = [];
    const late = [...ahead];
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
    // Keys with records are not due any more: their windows were emitted together with the records.
    for (const key of change.dueUpTo(watermark.afterMs)) {
      const pausing = advance(key, []);
      if (pausing !== undefined) await pausing;
    }
    return [{ windows: inOrder(windows), late }];
  };
}

/**
 * The time at which the first of these windows is due. The windows are in the state, so this needs no memory of its
 * own.
 */
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

/** One key: adds its records to windows, emits complete and corrected windows, and forgets expired windows. */
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
    records: work.incoming,
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

/** The receiver of a result may change it; a retained window must not change with it. */
function resultOf<A>({ startMs, endMs, value, given }: Draft<A>, isKept: boolean): EventWindow<A> {
  const result = { startMs, endMs, value: isKept ? copyCombiner(value) : value };
  return given.length === 0 ? result : { ...result, replaces: given };
}

/** The emitted times are the window's present times, unless these changed and the window is not emitted again yet. */
function openWindow<A>(
  { startMs, endMs, value, given }: Draft<A>,
  { isEmitted, isGivenNow }: { readonly isEmitted: boolean; readonly isGivenNow: boolean },
): OpenWindow<A> {
  const window = { startMs, endMs, value, isEmitted };
  const isPlain = isGivenNow || (isEmitted ? given.length <= 1 : given.length === 0);
  return isPlain ? window : { ...window, given };
}

/**
 * The order does not depend on the memory layout of keys, which a restart changes: a batch that runs again is the same.
 */
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

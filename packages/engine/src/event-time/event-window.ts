// The windows of one key, and the effect of records on the windows. All functions here are pure: their arguments are
// the open windows and the records of a batch, their results the new windows and the late records.
import { copyCombiner } from '../rdd/copy-combiner.ts';
import { synchronous } from '../rdd/synchronous.ts';
import { windowsByClock, type FixedRule } from './fixed-windows.ts';
import type { Timed } from './timed-record.ts';
import type { WindowTimes } from './window-times.ts';

/** The name of these functions in errors. */
const WINDOWS = 'windows of event time';

/** A window and its result. */
export interface EventWindow<out R> extends WindowTimes {
  readonly value: R;
  /**
   * The windows of the same key that were emitted before and that this window replaces, by start: the window itself
   * when late records changed its value, and sessions that were merged or that began or ended elsewhere. A sink that
   * keeps results removes these windows and adds this one, so that each record counts once. Start and end together name
   * a window of a key: a session may begin at the time of a forgotten session. Absent: none. Without `allowedLateness`,
   * a first emission never replaces any.
   */
  readonly replaces?: readonly WindowTimes[];
}

/** A window in the state. Never changed after it was made. */
export interface OpenWindow<out A> extends WindowTimes {
  readonly value: A;
  /** True when the window was emitted in its present form, and stays for late records. */
  readonly isEmitted: boolean;
  /** The emitted windows of its records, which the next emission replaces. Absent: the window itself, if emitted. */
  readonly given?: readonly WindowTimes[];
}

/** The functions that make the value of a window. */
export interface Aggregation<in V, A> {
  /** The value of a window that has one record. */
  readonly create: (first: V) => A;
  /** The value after adding one record. May change and return `value`. */
  readonly add: (value: A, record: V) => A;
  /** The value of two merged sessions, the earlier session first. May change and return `earlier`. */
  readonly merge: (earlier: A, later: A) => A;
}

/** The assignment of records to windows. */
export type WindowRule = FixedRule | { readonly kind: 'session'; readonly gapMs: number };

/** The input of a batch for the windows of a key. */
export interface WindowChange<V, A> {
  readonly open: readonly OpenWindow<A>[];
  /** Records, oldest first, records of the same time in order of arrival. */
  readonly records: readonly Timed<V>[];
  /** True when a window with this end takes no more records. */
  readonly isClosed: (endMs: number) => boolean;
  readonly aggregation: Aggregation<V, A>;
}

/** The windows of a key after a batch. */
export interface ChangedWindows<V, A> {
  /** By start. */
  readonly windows: readonly Draft<A>[];
  readonly late: readonly Timed<V>[];
}

/** A window while a batch changes it. */
export interface Draft<A> {
  startMs: number;
  endMs: number;
  value: A;
  isEmitted: boolean;
  /** See `OpenWindow.given`. */
  given: readonly WindowTimes[];
  /** True when the batch has changed the window. */
  isTouched: boolean;
}

/** Adds records to windows by the rule. */
export function addToWindows<V, A>(rule: WindowRule, change: WindowChange<V, A>): ChangedWindows<V, A> {
  return rule.kind === 'fixed' ? addToFixed(rule, change) : addToSessions(rule.gapMs, change);
}

/**
 * A record belongs to every window that contains its time; the record is late when none of these windows is open. A
 * record between windows, where windows are shorter than their slide, belongs to none and is not late either.
 */
function addToFixed<V, A>(
  rule: FixedRule,
  { open, records, isClosed, aggregation }: WindowChange<V, A>,
): ChangedWindows<V, A> {
  const { sizeMs, slideMs, offsetMs = 0, timeZone } = rule;
  const drafts = new Map<number | string, Draft<A>>();
  for (const window of open) drafts.set(nameOf(window, rule), draftOf(window));
  /** Adds a record to a window; false: the window is closed. */
  const put = (record: V, name: number | string, startMs: number, endMs: number): boolean => {
    if (isClosed(endMs)) return false;
    const draft = drafts.get(name);
    if (draft !== undefined) add(draft, record, aggregation);
    else drafts.set(name, newDraft(startMs, endMs, aggregation.create(record)));
    return true;
  };
  const late: Timed<V>[] = [];
  for (const timed of records) {
    const [atMs, record] = timed;
    let isTaken = false;
    let isIn = true;
    if (timeZone === undefined) {
      // The most frequent rule, without an object for each window.
      const last = Math.floor((atMs - offsetMs) / slideMs) * slideMs + offsetMs;
      for (let startMs = last; isIn && startMs > atMs - sizeMs; startMs -= slideMs) {
        isIn = put(record, startMs, startMs, startMs + sizeMs);
        isTaken ||= isIn;
      }
    } else {
      for (const times of windowsByClock(atMs, timeZone, rule)) {
        isIn = put(record, nameOf(times, rule), times.startMs, times.endMs);
        isTaken ||= isIn;
        if (!isIn) break;
      }
    }
    if (!isTaken && !isIn) late.push(timed);
  }
  const windows = [...drafts.values()].toSorted((a, b) => a.startMs - b.startMs || a.endMs - b.endMs);
  return { windows, late };
}

/** Where the clock of a time zone leaps, windows that overlap may begin together. */
function nameOf({ startMs, endMs }: WindowTimes, { timeZone }: FixedRule): number | string {
  return timeZone === undefined ? startMs : `${startMs} ${endMs}`;
}

/**
 * A record makes a session that ends `gapMs` later, and overlapping sessions become one. Merging comes before the check
 * for late records: the result must not depend on the order of a batch's records.
 */
function addToSessions<V, A>(
  gapMs: number,
  { open, records, isClosed, aggregation }: WindowChange<V, A>,
): ChangedWindows<V, A> {
  const windows: Draft<A>[] = [];
  const late: Timed<V>[] = [];
  for (const { endMs, sessions, records: joined } of clustersOf(gapMs, open, records)) {
    if (joined.length > 0 && isClosed(endMs)) {
      for (const record of joined) late.push(record);
      for (const session of sessions) windows.push(draftOf(session));
      continue;
    }
    let draft = mergedSessions(sessions, aggregation);
    for (const [atMs, record] of joined) {
      if (draft === undefined) draft = newDraft(atMs, endMs, aggregation.create(record));
      else add(draft, record, aggregation);
      draft.startMs = Math.min(draft.startMs, atMs);
    }
    if (draft === undefined) continue;
    draft.endMs = endMs;
    windows.push(draft);
  }
  return { windows, late };
}

/** Sessions and records that belong together. */
interface Cluster<V, A> {
  endMs: number;
  readonly sessions: OpenWindow<A>[];
  readonly records: Timed<V>[];
}

function clustersOf<V, A>(
  gapMs: number,
  open: readonly OpenWindow<A>[],
  records: readonly Timed<V>[],
): Cluster<V, A>[] {
  const clusters: Cluster<V, A>[] = [];
  const clusterFor = (startMs: number, endMs: number): Cluster<V, A> => {
    const last = clusters.at(-1);
    if (last === undefined || startMs >= last.endMs) {
      const cluster: Cluster<V, A> = { endMs, sessions: [], records: [] };
      clusters.push(cluster);
      return cluster;
    }
    last.endMs = Math.max(last.endMs, endMs);
    return last;
  };
  let next = 0;
  for (const session of open) {
    for (
      let record = records[next];
      record !== undefined && record[0] < session.startMs;
      record = records[next]
    ) {
      clusterFor(record[0], record[0] + gapMs).records.push(record);
      next += 1;
    }
    clusterFor(session.startMs, session.endMs).sessions.push(session);
  }
  for (const record of records.slice(next)) clusterFor(record[0], record[0] + gapMs).records.push(record);
  return clusters;
}

/** Merges overlapping sessions into one; undefined when there was none before. */
function mergedSessions<V, A>(
  [first, ...others]: readonly OpenWindow<A>[],
  { merge }: Aggregation<V, A>,
): Draft<A> | undefined {
  if (first === undefined) return undefined;
  const draft = draftOf(first);
  for (const other of others) {
    const { value } = other;
    draft.given = [...draft.given, ...givenOf(other)];
    draft.value = synchronous(WINDOWS, merge(ownValue(draft), copyCombiner(value)));
    draft.isTouched = true;
  }
  return draft;
}

function add<V, A>(draft: Draft<A>, record: V, aggregation: Aggregation<V, A>): void {
  draft.value = synchronous(WINDOWS, aggregation.add(ownValue(draft), record));
  draft.isTouched = true;
}

/** The value, safe to change: versions of the state share parts of the original. */
function ownValue<A>({ value, isTouched }: Draft<A>): A {
  return isTouched ? value : copyCombiner(value);
}

function draftOf<A>(window: OpenWindow<A>): Draft<A> {
  const { startMs, endMs, value, isEmitted } = window;
  return { startMs, endMs, value, isEmitted, given: givenOf(window), isTouched: false };
}

/** Checkpoints from before `given` was introduced do not have the field. */
function givenOf({ startMs, endMs, isEmitted, given }: OpenWindow<unknown>): readonly WindowTimes[] {
  return given ?? (isEmitted ? [{ startMs, endMs }] : []);
}

/** The value was made for this draft and is not shared, so it counts as touched from the start. */
function newDraft<A>(startMs: number, endMs: number, value: A): Draft<A> {
  synchronous(WINDOWS, value);
  return { startMs, endMs, value, isEmitted: false, given: [], isTouched: true };
}

// The step of joins by event time for one batch of one partition. A record is late when the watermark of the previous
// batch has passed its time; all other records meet each other, whatever their order of arrival. A record is remembered as
// long as a partner can still come: for a left record until the watermark has passed the times of its partners.
//
//   left at 100, before 10, after 20       partners: right from 90 to 120       forgotten when the watermark is above 120
import { copyCombiner } from '../rdd/copy-combiner.ts';
import { canonicalKey } from '../rdd/key-equality.ts';
import type { StateStep } from '../state/state-rdd.ts';
import { arrived, type Incoming } from './arrivals.ts';
import { placeBy } from './sorted-times.ts';
import type { Timed } from './timed-record.ts';
import type { Watermark } from './watermark.ts';

/** The time between a record of the left stream and its partners of the right stream. */
export interface JoinSpan {
  /** The partners are at most so much older. */
  readonly beforeMs: number;
  /** The partners are at most so much newer. */
  readonly afterMs: number;
}

/** The rules of a join. */
export interface JoinRules extends JoinSpan {
  /** True: a left record without a partner is given out once, when no partner can come any more. */
  readonly isLeftOuter: boolean;
}

/** A value of the left or of the right stream. */
export type Sided<V, W> = readonly [side: 'left', value: V] | readonly [side: 'right', value: W];

/** A remembered record of the left stream. */
export type LeftRecord<V> = readonly [atMs: number, value: V, hasPartner: boolean];

/** The remembered records of a key, each by time. Never changed in place, because versions of a state share them. */
export interface JoinState<V, W> {
  readonly left: readonly LeftRecord<V>[];
  readonly right: readonly Timed<W>[];
}

/** A left and a right value, or one of the two. */
export type Joined<V, W> = [V | undefined, W | undefined];

/** The output of a batch of a partition. */
export interface JoinBatch<K, V, W> {
  readonly joined: readonly [K, Joined<V, W>][];
  readonly late: readonly [K, Joined<V, W>][];
}

/** The number of keys between two pauses. */
const KEYS_PER_PAUSE = 256;
const NOTHING: JoinState<never, never> = { left: [], right: [] };

/** Makes the step. The step returns one `JoinBatch`. */
export function joinStep<K, V, W>(
  rules: JoinRules,
): StateStep<K, Incoming<Sided<V, W>>, JoinState<V, W>, JoinBatch<K, V, W>> {
  return async ({ change, records, pause }) => {
    const { watermark, byKey, ahead } = arrived(records);
    const joined: [K, Joined<V, W>][] = [];
    const late = ahead.map(([key, sided]): [K, Joined<V, W>] => [key, alone(sided)]);
    let keys = 0;
    const advance = (key: K, incoming: readonly Timed<Sided<V, W>>[], given: [K, Joined<V, W>][]) => {
      const state = change.get(key)?.value ?? NOTHING;
      const after = advanced<V, W>({ state, incoming, watermark, rules });
      for (const pair of after.joined) given.push([key, pair]);
      for (const one of after.late) late.push([key, one]);
      if (after.state.left.length === 0 && after.state.right.length === 0) change.delete(key);
      else if (after.isChanged) change.set(key, after.state);
      keys += 1;
      return keys % KEYS_PER_PAUSE === 0 ? pause() : undefined;
    };
    for (const [key, incoming] of byKey) {
      const pausing = advance(key, incoming, joined);
      if (pausing !== undefined) await pausing;
    }
    // The keys come in no order; a batch that runs again has to be the same.
    const due = change.dueUpTo(watermark.afterMs).map((key) => ({ key, text: canonicalKey(key) }));
    for (const { key } of due.toSorted((one, other) => (one.text < other.text ? -1 : 1))) {
      const pausing = advance(key, [], joined);
      if (pausing !== undefined) await pausing;
    }
    return [{ joined, late }];
  };
}

/** The time at which the first record of a key may be forgotten. */
export function joinDueAt({ beforeMs, afterMs }: JoinSpan) {
  return ({ left: [left], right: [right] }: JoinState<unknown, unknown>): number =>
    Math.min(
      left === undefined ? Number.POSITIVE_INFINITY : left[0] + afterMs,
      right === undefined ? Number.POSITIVE_INFINITY : right[0] + beforeMs,
    );
}

/** One key: pairs its new records, forgets records that no partner can meet, and gives these out where asked. */
function advanced<V, W>(work: {
  readonly state: JoinState<V, W>;
  readonly incoming: readonly Timed<Sided<V, W>>[];
  readonly watermark: Watermark;
  readonly rules: JoinRules;
}) {
  const { state, watermark, rules } = work;
  const joined: Joined<V, W>[] = [];
  const late: Joined<V, W>[] = [];
  const newLeft: LeftRecord<V>[] = [];
  const newRight: Timed<W>[] = [];
  for (const [atMs, sided] of work.incoming) {
    if (atMs < watermark.beforeMs) late.push(alone(sided));
    else if (sided[0] === 'left') newLeft.push([atMs, sided[1], false]);
    else newRight.push([atMs, sided[1]]);
  }
  const right = merged(state.right, newRight);
  const added = newLeft.map((record) => withPartners(record, right, rules, joined));
  const met = newRight.length === 0 ? state.left : state.left.map((record) => withPartners(record, newRight, rules, joined)); // prettier-ignore
  const left = merged(met, added);
  const isLeftOver = ([atMs]: LeftRecord<V>) => atMs + rules.afterMs >= watermark.afterMs;
  const keptLeft = placeBy(left, isLeftOver);
  const keptRight = placeBy(right, ([atMs]) => atMs + rules.beforeMs >= watermark.afterMs);
  if (rules.isLeftOuter)
    for (const [, value, hasPartner] of left.slice(0, keptLeft))
      if (!hasPartner) joined.push([value, undefined]);
  const isChanged = newLeft.length > 0 || newRight.length > 0 || keptLeft > 0 || keptRight > 0;
  return { joined, late, isChanged, state: { left: left.slice(keptLeft), right: right.slice(keptRight) } };
}

/** Pairs a left record with the right records in its span. The receiver of a pair may change it, so values are copied. */
function withPartners<V, W>(
  record: LeftRecord<V>,
  right: readonly Timed<W>[],
  { beforeMs, afterMs }: JoinSpan,
  joined: Joined<V, W>[],
): LeftRecord<V> {
  const [atMs, value, hasPartner] = record;
  let place = placeBy(right, ([time]) => time >= atMs - beforeMs);
  const first = place;
  for (
    let partner = right[place];
    partner !== undefined && partner[0] <= atMs + afterMs;
    partner = right[place]
  ) {
    joined.push([copyCombiner(value), copyCombiner(partner[1])]);
    place += 1;
  }
  return place === first || hasPartner ? record : [atMs, value, true];
}

/** Two lists by time as one; of equal times, the remembered ones come first. */
function merged<R extends readonly [atMs: number, ...rest: unknown[]]>(
  remembered: readonly R[],
  added: readonly R[],
): readonly R[] {
  if (added.length === 0) return remembered;
  return [...remembered, ...added].sort(([one], [other]) => one - other);
}

function alone<V, W>([side, value]: Sided<V, W>): Joined<V, W> {
  return side === 'left' ? [value, undefined] : [undefined, value];
}

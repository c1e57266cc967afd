// The expected windows of batches, computed from the batches themselves: only the set of all earlier keys is carried
// from one window to the next.
import type { NodeSettings, ProgramNode } from '../program-plan.ts';
import { pairTypes, type Shape } from '../shape.ts';
import { combinerOf, sum } from '../user-functions.ts';
import { countsOf, eachKey, groupsOf, reduced } from './batch-answers.ts';

type Records = readonly unknown[];

/** The input of a window. */
export interface WindowQuestion {
  /** The batches of the window, oldest first. */
  readonly inside: readonly Records[];
  /** All batches contained in this window or an earlier one, oldest first. */
  readonly seen: readonly Records[];
  readonly shape: Pick<Shape, 'type'>;
  readonly set: NodeSettings;
}

/** The windows of batches. */
export const WINDOW_ANSWERS = {
  window: ({ inside }) => inside.flat(),
  reduceByWindow: ({ inside, shape, set }) =>
    shape.type.kind === 'parts'
      ? inside.flat()
      : reduced(inside.flat(), combinerOf(set.combine ?? 'greatest', shape.type)),
  // An emptied window has the remainder after all subtractions; before the first record there is no result.
  reduceByWindowInverse: ({ inside, seen }) =>
    seen.every((batch) => batch.length === 0) ? [] : [inside.flat().reduce<number>(sum, 0)],
  countByWindow: ({ inside }) => [inside.flat().length],
  countByValueAndWindow: ({ inside, shape }) => countsOf(inside.flat(), shape.type),
  groupByKeyAndWindow: ({ inside, shape }) => eachKey(inside.flat(), shape, (values) => values),
  reduceByKeyAndWindow: ({ inside, shape, set }) => {
    const combine = combinerOf(set.combine ?? 'greatest', pairTypes(shape)[1]);
    return eachKey(inside.flat(), shape, (values) => values.reduce(combine));
  },
  reduceByKeyAndWindowInverse: ({ inside, seen, shape, set }) => {
    const [keyType] = pairTypes(shape);
    const values = groupsOf(inside.flat(), keyType);
    const pairs = [...groupsOf(seen.flat(), keyType)].map(([name, { key }]) => [
      key,
      (values.get(name)?.values ?? []).reduce<number>(sum, 0),
    ]);
    // Without a filter a key stays after leaving the window.
    return set.hides === true ? pairs.filter(([, value]) => value !== 0) : pairs;
  },
} as const satisfies Readonly<Partial<Record<ProgramNode['op'], (question: WindowQuestion) => unknown[]>>>;

/** The name of a window of batches. */
export type WindowName = keyof typeof WINDOW_ANSWERS;

/** Tells whether an operator is a window of batches. */
export function isWindow(op: ProgramNode['op']): op is WindowName {
  return Object.hasOwn(WINDOW_ANSWERS, op);
}

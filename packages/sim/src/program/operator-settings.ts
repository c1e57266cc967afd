// Settings and conditions that operators of several tables share.
import type { Draw } from '../draw.ts';
import type { OperatorSpec } from './batch-operators.ts';
import type { NodeSettings } from './program-plan.ts';
import { isCertain } from './record-type.ts';
import type { Shape } from './shape.ts';

/** A table with an entry for each of these operators. */
export type Specs<Name extends string> = Readonly<Record<Name, OperatorSpec>>;

/** Tells whether equal records are equal on every run. */
export const certain = ({ type }: Shape): boolean => isCertain(type);

/** Draws a number of partitions, or none. */
export const partitions = (draw: Draw): NodeSettings => {
  const count = draw.of([undefined, 1, 2, 3]);
  return count === undefined ? {} : { partitions: count };
};

/** The first one of several records is known where equal keys mean equal records, or where an order is promised. */
export function duplicatesOf({ isOrdered }: Shape): readonly string[] {
  return isOrdered ? ['equal', 'byKey', 'byKey'] : ['equal'];
}

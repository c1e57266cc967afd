// What is known of a stream before it runs: what its records are, how often it has a batch, whether their order is
// promised, and about how many there are.
import type { OperatorName } from './operator-names.ts';
import { pairOf, type RecordType } from './record-type.ts';

/** A stream of a program. */
export interface Shape {
  readonly op: OperatorName;
  readonly type: RecordType;
  /** Its slide, in batches. */
  readonly slide: number;
  /** Whether the engine promises the order of its records. */
  readonly isOrdered: boolean;
  /** Whether it is a stream with event time. */
  readonly isTimed: boolean;
  /** About how many numbers are in a batch. */
  readonly size: number;
  /** Whether it follows from what was remembered from batch to batch. */
  readonly remembers: boolean;
}

/** Whether it has any records but parts of partitions. */
export function isWhole({ type }: Pick<Shape, 'type'>): boolean {
  return type.kind !== 'parts';
}

/** Whether it has pairs. */
export function isKeyed({ type }: Pick<Shape, 'type'>): boolean {
  return pairOf(type) !== undefined;
}

/** Whether it has pairs of a key and a number. */
export function hasNumbersByKey({ type }: Pick<Shape, 'type'>): boolean {
  return pairOf(type)?.[1].kind === 'number';
}

/** Key and value of the pairs of a stream. @throws when it has none. */
export function pairTypes({ type }: Pick<Shape, 'type'>): readonly [key: RecordType, value: RecordType] {
  const pair = pairOf(type);
  if (pair === undefined) throw new TypeError('the stream has no pairs');
  return pair;
}

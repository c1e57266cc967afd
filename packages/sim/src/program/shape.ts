// The shape of a stream before the run: the type of its records, its slide, whether the order of records is
// promised, and about how many there are.
import type { OperatorName } from './operator-names.ts';
import { pairOf, type RecordType } from './record-type.ts';

/** A stream of a program. */
export interface Shape {
  readonly op: OperatorName;
  readonly type: RecordType;
  /** Its slide, in batches. */
  readonly slide: number;
  /** True: the engine promises the order of the records. */
  readonly isOrdered: boolean;
  /** True: a stream with event time. */
  readonly isTimed: boolean;
  /** About how many numbers are in a batch. */
  readonly size: number;
  /** True: the stream follows from memory from batch to batch. */
  readonly remembers: boolean;
}

/** Tells whether a stream has other records than parts of partitions. */
export function isWhole({ type }: Pick<Shape, 'type'>): boolean {
  return type.kind !== 'parts';
}

/** Tells whether a stream has pairs. */
export function isKeyed({ type }: Pick<Shape, 'type'>): boolean {
  return pairOf(type) !== undefined;
}

/** Tells whether a stream has pairs of a key and a number. */
export function hasNumbersByKey({ type }: Pick<Shape, 'type'>): boolean {
  return pairOf(type)?.[1].kind === 'number';
}

/** Key and value of the pairs of a stream. @throws when it has none. */
export function pairTypes({ type }: Pick<Shape, 'type'>): readonly [key: RecordType, value: RecordType] {
  const pair = pairOf(type);
  if (pair === undefined) throw new TypeError('the stream has no pairs');
  return pair;
}

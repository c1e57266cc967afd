// The shape of a stream before the run: the type of its records, its slide, the promise of an order, and the
// approximate number of records.
import type { OperatorName } from './operator-names.ts';
import { pairOf, type RecordType } from './record-type.ts';

/** A stream of a program. */
export interface Shape {
  readonly op: OperatorName;
  readonly type: RecordType;
  /** The slide of the stream, in batches. */
  readonly slide: number;
  /** True: the engine promises the order of the records. */
  readonly isOrdered: boolean;
  /** True: a stream with event time. */
  readonly isTimed: boolean;
  /** The approximate number of numbers in a batch. */
  readonly size: number;
  /** True: the stream depends on data kept across batches. */
  readonly remembers: boolean;
}

/** Tells whether the records of a stream are not parts of partitions. */
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

/** Key and value of the pairs of a stream. @throws when the stream has no pairs. */
export function pairTypes({ type }: Pick<Shape, 'type'>): readonly [key: RecordType, value: RecordType] {
  const pair = pairOf(type);
  if (pair === undefined) throw new TypeError('the stream has no pairs');
  return pair;
}

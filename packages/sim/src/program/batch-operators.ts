// Operators on single batches that streams and RDDs share by name: accepted inputs, settings, and results.
import type { Draw } from '../draw.ts';
import type { BatchOperatorName } from './operator-names.ts';
import type { NodeSettings } from './program-plan.ts';
import {
  isCertain,
  isSameType,
  list,
  NUMBER,
  PAIR,
  sizeOfType,
  tuple,
  type RecordType,
} from './record-type.ts';
import { isKeyed, isWhole, pairTypes, type Shape } from './shape.ts';
import type { Combiner } from './user-functions.ts';

/** The inputs and the result of an operator. */
export interface OperatorSpec {
  /** The public methods called by the operator. */
  readonly methods: readonly string[];
  readonly accepts: (shape: Shape) => boolean;
  /** The condition of a second input, beside the first; absent: the operator takes one input. */
  readonly acceptsOther?: (other: Shape, first: Shape) => boolean;
  /** Draws the settings. Default: none. */
  readonly draw?: (draw: Draw, shape: Shape) => NodeSettings;
  /** The shape of the result. `op`, `slide`, `isTimed` and `remembers` are those of the input unless overridden. */
  readonly result: (
    shapes: { readonly first: Shape; readonly other: Shape },
    set: NodeSettings,
  ) => Partial<Shape>;
  /** True: the operator keeps data across batches. */
  readonly remembers?: boolean;
}

/** Types above this size do not grow further. */
const TYPE_MAX = 24;

const isSmall = ({ type }: Shape): boolean => sizeOfType(type) <= TYPE_MAX;
const certain = ({ type }: Shape): boolean => isCertain(type);
const partitions = (draw: Draw): NodeSettings => {
  const count = draw.of([undefined, 1, 2, 3]);
  return count === undefined ? {} : { partitions: count };
};
const maybe = (of: RecordType): RecordType => ({ kind: 'maybe', of });
/** The parts of a part have the type of the elements. */
export const elementOf = (type: RecordType): RecordType => (type.kind === 'parts' ? type.of : type);
/** The type of the records inside of any parts. */
export const baseOf = (type: RecordType): RecordType => (type.kind === 'parts' ? baseOf(type.of) : type);

/** The associative functions allowed by a type; order-sensitive functions only where the order is promised. */
export function combinersOf(type: RecordType, isOrdered: boolean): readonly Combiner[] {
  return [
    ...(type.kind === 'number' ? (['sum', 'sum'] as const) : []),
    'greatest',
    ...(isOrdered ? (['first', 'last'] as const) : []),
  ];
}

const byKey = (draw: Draw, shape: Shape): NodeSettings => ({
  ...partitions(draw),
  combine: draw.of(combinersOf(pairTypes(shape)[1], shape.isOrdered)),
});

const joined = (
  method: string,
  result: (value: RecordType, other: RecordType) => RecordType,
): OperatorSpec => ({
  methods: [`DStream.${method}`, `RDD.${method}`],
  accepts: (shape) => isKeyed(shape) && isSmall(shape) && shape.size <= 200,
  acceptsOther: (other, first) =>
    isKeyed(other) &&
    isSmall(other) &&
    isSameType(pairTypes(other)[0], pairTypes(first)[0]) &&
    (first.size * other.size) / 5 <= 200,
  draw: partitions,
  result: ({ first, other }) => ({
    type: tuple(pairTypes(first)[0], result(pairTypes(first)[1], pairTypes(other)[1])),
    isOrdered: false,
    size: Math.max(first.size, other.size, (2 * first.size * other.size) / 5),
  }),
});

const sameTypes = (other: Shape, first: Shape): boolean => isSameType(other.type, first.type);

/** The operators. */
const BATCH_OPERATORS: Readonly<Record<BatchOperatorName, OperatorSpec>> = {
  map: {
    methods: ['DStream.map', 'RDD.map', 'DStream.mapAsync', 'RDD.mapAsync'],
    accepts: () => true,
    draw: (draw, { type }) =>
      type.kind === 'parts'
        ? { variant: 'reversed' }
        : { variant: draw.of(['number', 'pair', 'pair', 'wrapped']), rest: draw.upTo(9) },
    result: ({ first }, { variant }) => {
      if (variant === 'reversed') return { type: first.type, isOrdered: false };
      if (variant === 'number') return { type: NUMBER };
      if (variant === 'pair') return { type: PAIR };
      return { type: tuple(NUMBER, first.type) };
    },
  },
  flatMap: {
    methods: ['DStream.flatMap', 'RDD.flatMap', 'DStream.flatMapAsync', 'RDD.flatMapAsync'],
    accepts: ({ size }) => size <= 150,
    draw: (draw, { type }) =>
      type.kind === 'parts' ? { variant: 'elements' } : { variant: draw.of(['copies', 'numbers']) },
    result: ({ first }, { variant }) => {
      if (variant === 'elements') return { type: elementOf(first.type) };
      return variant === 'numbers'
        ? { type: NUMBER, size: 1.5 * first.size }
        : { type: first.type, size: 1.5 * first.size };
    },
  },
  filter: {
    methods: ['DStream.filter', 'RDD.filter', 'DStream.filterAsync', 'RDD.filterAsync'],
    accepts: () => true,
    draw: (draw) => ({ modulus: draw.of([2, 3, 7]), rest: draw.upTo(1) }),
    result: ({ first }) => ({ type: first.type }),
  },
  mapPartitions: {
    methods: ['DStream.mapPartitions', 'RDD.mapPartitions'],
    accepts: () => true,
    draw: (draw, { type }) =>
      type.kind === 'parts' ? { variant: 'elements' } : { variant: draw.of(['same', 'number']) },
    result: ({ first }, { variant }) => {
      if (variant === 'elements') return { type: elementOf(first.type) };
      return { type: variant === 'same' ? first.type : NUMBER };
    },
  },
  glom: {
    methods: ['DStream.glom', 'RDD.glom'],
    accepts: isSmall,
    result: ({ first }) => ({ type: { kind: 'parts', of: first.type } }),
  },
  repartition: {
    methods: ['DStream.repartition', 'RDD.repartition'],
    accepts: () => true,
    draw: (draw) => ({ partitions: 1 + draw.upTo(2) }),
    result: ({ first }) => ({ type: first.type, isOrdered: false }),
  },
  union: {
    methods: ['DStream.union', 'StreamingContext.union', 'RDD.union'],
    accepts: ({ size }) => size <= 150,
    acceptsOther: sameTypes,
    draw: (draw) => (draw.happens(0.3) ? { byContext: true } : {}),
    result: ({ first, other }) => ({
      type: first.type,
      isOrdered: first.isOrdered && other.isOrdered,
      size: first.size + other.size,
    }),
  },
  mapValues: {
    methods: ['DStream.mapValues', 'RDD.mapValues', 'DStream.mapValuesAsync', 'RDD.mapValuesAsync'],
    accepts: (shape) => isKeyed(shape) && isSmall(shape),
    draw: (draw) => ({ variant: draw.of(['number', 'wrapped']), rest: draw.upTo(9) }),
    result: ({ first }, { variant }) => {
      const [key, value] = pairTypes(first);
      return { type: tuple(key, variant === 'number' ? NUMBER : tuple(value, NUMBER)) };
    },
  },
  flatMapValues: {
    methods: [
      'DStream.flatMapValues',
      'RDD.flatMapValues',
      'DStream.flatMapValuesAsync',
      'RDD.flatMapValuesAsync',
    ],
    accepts: (shape) => isKeyed(shape) && shape.size <= 150,
    draw: (draw) => ({ variant: draw.of(['copies', 'numbers']) }),
    result: ({ first }, { variant }) => ({
      type: variant === 'copies' ? first.type : tuple(pairTypes(first)[0], NUMBER),
      size: 1.5 * first.size,
    }),
  },
  groupByKey: {
    methods: ['DStream.groupByKey', 'RDD.groupByKey'],
    accepts: (shape) => isKeyed(shape) && isSmall(shape),
    draw: partitions,
    result: ({ first }) => {
      const [key, value] = pairTypes(first);
      return { type: tuple(key, list(value, first.isOrdered)), isOrdered: false };
    },
  },
  reduceByKey: {
    methods: ['DStream.reduceByKey', 'RDD.reduceByKey'],
    accepts: isKeyed,
    draw: byKey,
    result: ({ first }) => ({ type: first.type, isOrdered: false, size: Math.min(first.size, 5) }),
  },
  combineByKey: {
    methods: ['DStream.combineByKey', 'RDD.combineByKey'],
    accepts: isKeyed,
    draw: (draw) => ({ ...partitions(draw), mapSideCombine: draw.happens(0.5) }),
    result: ({ first }) => ({
      type: tuple(pairTypes(first)[0], tuple(NUMBER, NUMBER)),
      isOrdered: false,
      size: Math.min(first.size, 10),
    }),
  },
  cogroup: {
    methods: ['DStream.cogroup', 'RDD.cogroup'],
    accepts: (shape) => isKeyed(shape) && isSmall(shape),
    acceptsOther: (other, first) =>
      isKeyed(other) && isSmall(other) && isSameType(pairTypes(other)[0], pairTypes(first)[0]),
    draw: partitions,
    result: ({ first, other }) => ({
      type: tuple(
        pairTypes(first)[0],
        tuple(list(pairTypes(first)[1], first.isOrdered), list(pairTypes(other)[1], other.isOrdered)),
      ),
      isOrdered: false,
      size: first.size + other.size,
    }),
  },
  join: joined('join', (value, other) => tuple(value, other)),
  leftOuterJoin: joined('leftOuterJoin', (value, other) => tuple(value, maybe(other))),
  rightOuterJoin: joined('rightOuterJoin', (value, other) => tuple(maybe(value), other)),
  fullOuterJoin: joined('fullOuterJoin', (value, other) => tuple(maybe(value), maybe(other))),

  // Operators of RDDs only

  keyBy: {
    methods: ['RDD.keyBy'],
    accepts: (shape) => isWhole(shape) && isSmall(shape),
    result: ({ first }) => ({ type: tuple(NUMBER, first.type) }),
  },
  aggregatePartitions: {
    methods: ['RDD.aggregatePartitions'],
    accepts: isWhole,
    result: () => ({ type: NUMBER, isOrdered: true, size: 1 }),
  },
  zipPartitions: {
    methods: ['RDD.zipPartitions'],
    accepts: isWhole,
    acceptsOther: isWhole,
    result: () => ({ type: PAIR, isOrdered: true, size: 2 }),
  },
  coalesce: {
    methods: ['RDD.coalesce'],
    accepts: () => true,
    draw: (draw) => ({ partitions: 1 + draw.upTo(2) }),
    result: ({ first }) => ({ type: first.type }),
  },
  distinct: {
    methods: ['RDD.distinct'],
    accepts: certain,
    draw: partitions,
    result: ({ first }) => ({ type: first.type, isOrdered: false }),
  },
  subtract: {
    methods: ['RDD.subtract'],
    accepts: certain,
    acceptsOther: sameTypes,
    draw: partitions,
    result: ({ first }) => ({ type: first.type, isOrdered: false }),
  },
  intersection: {
    methods: ['RDD.intersection'],
    accepts: certain,
    acceptsOther: sameTypes,
    draw: partitions,
    result: ({ first }) => ({ type: first.type, isOrdered: false }),
  },
  groupBy: {
    methods: ['RDD.groupBy'],
    accepts: (shape) => isWhole(shape) && isSmall(shape),
    draw: partitions,
    result: ({ first }) => ({ type: tuple(NUMBER, list(first.type, first.isOrdered)), isOrdered: false }),
  },
  sortBy: {
    methods: ['RDD.sortBy'],
    accepts: isWhole,
    draw: (draw) => ({ descending: draw.happens(0.5) }),
    result: ({ first }) => ({ type: first.type, isOrdered: true }),
  },
  sortByKey: {
    methods: ['RDD.sortByKey'],
    accepts: (shape) => isKeyed(shape) && pairTypes(shape)[0].kind === 'number',
    draw: (draw) => ({ descending: draw.happens(0.5) }),
    result: ({ first }) => ({ type: first.type }),
  },
  keys: {
    methods: ['RDD.keys'],
    accepts: isKeyed,
    result: ({ first }) => ({ type: pairTypes(first)[0] }),
  },
  values: {
    methods: ['RDD.values'],
    accepts: isKeyed,
    result: ({ first }) => ({ type: pairTypes(first)[1] }),
  },
  partitionBy: {
    methods: ['RDD.partitionBy'],
    accepts: isKeyed,
    draw: partitions,
    result: ({ first }) => ({ type: first.type, isOrdered: false }),
  },
  aggregateByKey: {
    methods: ['RDD.aggregateByKey'],
    accepts: isKeyed,
    draw: partitions,
    result: ({ first }) => ({ type: tuple(pairTypes(first)[0], NUMBER), isOrdered: false }),
  },
  subtractByKey: {
    methods: ['RDD.subtractByKey'],
    accepts: isKeyed,
    acceptsOther: (other, first) => isKeyed(other) && isSameType(pairTypes(other)[0], pairTypes(first)[0]),
    draw: partitions,
    result: ({ first }) => ({ type: first.type, isOrdered: false }),
  },
  persist: {
    methods: ['DStream.persist', 'RDD.persist'],
    accepts: () => true,
    result: ({ first }) => ({ type: first.type }),
  },
  cache: {
    methods: ['DStream.cache', 'RDD.cache'],
    accepts: () => true,
    result: ({ first }) => ({ type: first.type }),
  },
  pin: {
    methods: ['RDD.pin'],
    accepts: () => true,
    result: ({ first }) => ({ type: first.type }),
  },
  unpersist: {
    methods: ['RDD.unpersist'],
    accepts: () => true,
    result: ({ first }) => ({ type: first.type }),
  },
};

/** The inputs and the result of an operator. */
export function batchOperator(name: BatchOperatorName): OperatorSpec {
  return BATCH_OPERATORS[name];
}

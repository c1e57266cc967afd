// The table of all operators of drawn programs: inputs, results and called public methods of each operator. The
// possible pairs of operators follow from this table.
import type { Draw } from '../draw.ts';
import { batchOperator, combinersOf, type OperatorSpec } from './batch-operators.ts';
import {
  BATCH_OPERATOR_NAMES,
  EVENT_TIME_OPERATORS,
  EVENT_WINDOW_OPERATORS,
  type OperatorName,
  STATE_OPERATORS,
  STREAM_BATCH_OPERATORS,
  WHOLE_BATCH_OPERATORS,
  WINDOW_OPERATORS,
} from './operator-names.ts';
import type { EventWindowSettings, NodeSettings, WindowAlignmentSettings } from './program-plan.ts';
import { isCertain, isSameType, list, NUMBER, PAIR, tuple, type RecordType } from './record-type.ts';
import { hasNumbersByKey, isKeyed, isWhole, pairTypes, type Shape } from './shape.ts';

type Specs<Name extends string> = Readonly<Record<Name, OperatorSpec>>;

/** The maximum slide of a stream in batches, so that a run of some seconds has several windows of the stream. */
const SLIDE_MAX = 4;
/** The maximum length of a window in batches. */
const LENGTH_MAX = 8;

const certain = ({ type }: Shape): boolean => isCertain(type);
const partitions = (draw: Draw): NodeSettings => {
  const count = draw.of([undefined, 1, 2, 3]);
  return count === undefined ? {} : { partitions: count };
};

/** Lengths above and below the slide, up to the limits of the run. */
function span(draw: Draw, { slide }: Shape): NodeSettings {
  const slides = [1, 1, 2, 3, 3].filter((count) => count * slide <= SLIDE_MAX);
  const lengths = [1, 2, 3, 4].filter((count) => count * slide <= LENGTH_MAX);
  return {
    length: draw.of(lengths.length === 0 ? [1] : lengths),
    slide: draw.of(slides.length === 0 ? [1] : slides),
  };
}

const windowed = (first: Shape, { slide = 1, length = 1 }: NodeSettings) => ({
  slide: first.slide * slide,
  size: first.size * length,
});

const timedOnly = (shape: Shape): boolean => shape.isTimed;

function eventWindows(
  method: string,
  result: (type: RecordType) => RecordType,
  isByKey: boolean,
): OperatorSpec {
  return {
    methods: [
      `EventTimeWindows.${method}`,
      'EventTimeWindows.allowedLateness',
      'EventTimeStream.tumbling',
      'EventTimeStream.sliding',
      'EventTimeStream.session',
    ],
    accepts: (shape) => timedOnly(shape) && (!isByKey || isKeyed(shape)),
    draw: (draw, shape) => ({
      windows: drawWindows(draw),
      ...(isByKey ? partitions(draw) : {}),
      combine: draw.of(combinersOf(isByKey ? pairTypes(shape)[1] : shape.type, false)),
    }),
    result: ({ first }) => ({ type: result(first.type), isOrdered: false, isTimed: false }),
    remembers: true,
  };
}

/** Zones without a change at the times of simulated records, whose offsets are no multiples of all lengths. */
const ALIGNMENTS: readonly WindowAlignmentSettings[] = [
  {},
  {},
  { offsetMs: 40 },
  { timeZone: 'Asia/Kathmandu' },
  { offsetMs: -30, timeZone: 'Africa/Monrovia' },
];

function drawWindows(draw: Draw): EventWindowSettings {
  const kind = draw.of(['tumbling', 'sliding', 'session']);
  const allowedLatenessMs = draw.of([0, 0, 300, 2_000]);
  const alignment = draw.of(ALIGNMENTS);
  switch (kind) {
    case 'tumbling':
      return { rule: { kind, sizeMs: draw.of([150, 400, 700, 1_000]), ...alignment }, allowedLatenessMs };
    case 'sliding':
      return {
        rule: { kind, sizeMs: draw.of([150, 600]), slideMs: draw.of([70, 200]), ...alignment },
        allowedLatenessMs,
      };
    case 'session':
      return { rule: { kind, gapMs: draw.of([60, 120, 250]) }, allowedLatenessMs };
  }
}

const window = (of: RecordType): RecordType => ({ kind: 'window', of });

function valueOfWindow(type: RecordType, value: (of: RecordType) => RecordType): RecordType {
  const [key, of] = pairTypes({ type });
  return tuple(key, window(value(of)));
}

const maybe = (of: RecordType): RecordType => ({ kind: 'maybe', of });

function joinsWithin(method: string, partner: (of: RecordType) => RecordType): OperatorSpec {
  const isFitting = (shape: Shape) => timedOnly(shape) && isKeyed(shape) && shape.size <= 40;
  return {
    methods: [`EventTimeStream.${method}`],
    accepts: isFitting,
    acceptsOther: (other, first) => isFitting(other) && isSameType(pairTypes(other)[0], pairTypes(first)[0]),
    draw: (draw) => ({
      ...partitions(draw),
      span: { beforeMs: draw.of([0, 50, 200]), afterMs: draw.of([0, 100, 500]) },
    }),
    result: ({ first, other }) => {
      const [key, value] = pairTypes(first);
      return {
        type: tuple(key, tuple(value, partner(pairTypes(other)[1]))),
        isOrdered: false,
        isTimed: false,
        size: first.size + other.size,
      };
    },
    remembers: true,
  };
}

/** Tells whether an operator is a join by event time. */
function isJoinWithin(op: OperatorName): boolean {
  return op === 'joinWithin' || op === 'leftOuterJoinWithin';
}

/** A late record of a join has the value of one side. */
function lateOfJoin(join: Shape): RecordType {
  const [key, values] = pairTypes(join);
  const [left, right] = (values as Extract<RecordType, { readonly kind: 'tuple' }>).of as readonly [
    RecordType,
    RecordType,
  ];
  const isOuter = join.op === 'leftOuterJoinWithin';
  return tuple(key, tuple(maybe(left), isOuter ? right : maybe(right)));
}

const WHOLE_BATCH: Specs<(typeof WHOLE_BATCH_OPERATORS)[number]> = {
  count: {
    methods: ['DStream.count'],
    accepts: isWhole,
    result: () => ({ type: NUMBER, isOrdered: true, size: 1 }),
  },
  reduce: {
    methods: ['DStream.reduce'],
    accepts: () => true,
    draw: (draw, { type, isOrdered }) => ({ combine: draw.of(combinersOf(type, isOrdered)) }),
    result: ({ first }) => ({
      type: first.type,
      isOrdered: first.type.kind !== 'parts',
      size: first.type.kind === 'parts' ? first.size : 1,
    }),
  },
  countByValue: {
    methods: ['DStream.countByValue'],
    accepts: certain,
    draw: partitions,
    result: ({ first }) => ({ type: tuple(first.type, NUMBER), isOrdered: false }),
  },
  transform: {
    methods: ['DStream.transform', 'StreamingContext.transform'],
    accepts: () => true,
    draw: (draw, shape) => {
      const fitting = BATCH_OPERATOR_NAMES.filter((name) => {
        const { accepts, acceptsOther } = batchOperator(name);
        return acceptsOther === undefined && accepts(shape);
      });
      const op = draw.of(fitting);
      return {
        inner: { op, set: batchOperator(op).draw?.(draw, shape) ?? {} },
        ...(draw.happens(0.3) ? { byContext: true } : {}),
      };
    },
    result: (shapes, { inner }) =>
      inner === undefined ? {} : batchOperator(inner.op).result(shapes, inner.set),
  },
  transformWith: {
    methods: ['DStream.transformWith', 'StreamingContext.transform'],
    accepts: isWhole,
    acceptsOther: (other, first) => isSameType(other.type, first.type),
    draw: (draw, shape) => {
      // Both inputs have one type, so an operator that accepts the first input twice accepts both.
      const fitting = BATCH_OPERATOR_NAMES.filter((name) => {
        const { accepts, acceptsOther } = batchOperator(name);
        return accepts(shape) && acceptsOther?.(shape, shape) === true;
      });
      const op = draw.of(fitting);
      return {
        inner: { op, set: batchOperator(op).draw?.(draw, shape) ?? {} },
        ...(draw.happens(0.3) ? { byContext: true } : {}),
      };
    },
    result: (shapes, { inner }) =>
      inner === undefined ? {} : batchOperator(inner.op).result(shapes, inner.set),
  },
};

const WINDOWS: Specs<(typeof WINDOW_OPERATORS)[number]> = {
  window: {
    methods: ['DStream.window'],
    accepts: ({ size }) => size <= 100,
    draw: span,
    result: ({ first }, set) => ({ type: first.type, ...windowed(first, set) }),
  },
  reduceByWindow: {
    methods: ['DStream.reduceByWindow'],
    accepts: () => true,
    draw: (draw, shape) => ({
      ...span(draw, shape),
      combine: draw.of(combinersOf(shape.type, shape.isOrdered)),
    }),
    result: ({ first }, set) => ({
      ...windowed(first, set),
      type: first.type,
      isOrdered: first.type.kind !== 'parts',
      ...(first.type.kind === 'parts' ? {} : { size: 1 }),
    }),
  },
  reduceByWindowInverse: {
    methods: ['DStream.reduceByWindow'],
    accepts: ({ type }) => type.kind === 'number',
    draw: span,
    result: ({ first }, set) => ({ ...windowed(first, set), type: NUMBER, isOrdered: true, size: 1 }),
    remembers: true,
  },
  countByWindow: {
    methods: ['DStream.countByWindow'],
    accepts: isWhole,
    draw: span,
    result: ({ first }, set) => ({ ...windowed(first, set), type: NUMBER, isOrdered: true, size: 1 }),
    remembers: true,
  },
  countByValueAndWindow: {
    methods: ['DStream.countByValueAndWindow'],
    accepts: certain,
    draw: (draw, shape) => ({ ...span(draw, shape), ...partitions(draw) }),
    result: ({ first }, set) => ({
      ...windowed(first, set),
      type: tuple(first.type, NUMBER),
      isOrdered: false,
    }),
    remembers: true,
  },
  groupByKeyAndWindow: {
    methods: ['DStream.groupByKeyAndWindow'],
    accepts: (shape) => isKeyed(shape) && shape.size <= 100,
    draw: (draw, shape) => ({ ...span(draw, shape), ...partitions(draw) }),
    result: ({ first }, set) => {
      const [key, value] = pairTypes(first);
      return { ...windowed(first, set), type: tuple(key, list(value, first.isOrdered)), isOrdered: false };
    },
  },
  reduceByKeyAndWindow: {
    methods: ['DStream.reduceByKeyAndWindow'],
    accepts: isKeyed,
    draw: (draw, shape) => ({
      ...span(draw, shape),
      ...partitions(draw),
      combine: draw.of(combinersOf(pairTypes(shape)[1], shape.isOrdered)),
    }),
    result: ({ first }, set) => ({
      ...windowed(first, set),
      type: first.type,
      isOrdered: false,
      size: Math.min(first.size, 5),
    }),
  },
  reduceByKeyAndWindowInverse: {
    methods: ['DStream.reduceByKeyAndWindow'],
    accepts: hasNumbersByKey,
    draw: (draw, shape) => ({ ...span(draw, shape), ...partitions(draw), hides: draw.happens(0.5) }),
    result: ({ first }, set) => ({
      ...windowed(first, set),
      type: first.type,
      isOrdered: false,
      size: Math.min(first.size, 5),
    }),
    remembers: true,
  },
};

const STATE: Specs<(typeof STATE_OPERATORS)[number]> = {
  updateStateByKey: {
    methods: ['DStream.updateStateByKey'],
    accepts: isKeyed,
    draw: (draw, shape) => ({
      ...partitions(draw),
      variant: draw.of(shape.isOrdered ? ['sum', 'fading', 'folded'] : ['sum', 'fading']),
      ...initialKeys(draw, shape),
    }),
    result: ({ first }) => ({
      type: tuple(pairTypes(first)[0], NUMBER),
      isOrdered: false,
      size: Math.max(5, first.size),
    }),
    remembers: true,
  },
  mapWithState: {
    methods: ['DStream.mapWithState'],
    accepts: isKeyed,
    draw: (draw, shape) => ({
      ...partitions(draw),
      variant: draw.of(shape.isOrdered ? ['running', 'removing', 'values', 'quiet'] : ['values', 'quiet']),
      ...initialKeys(draw, shape),
      ...(draw.happens(0.5) ? { timeout: 1 + draw.upTo(2) } : {}),
    }),
    result: ({ first }) => ({ type: tuple(pairTypes(first)[0], NUMBER), isOrdered: false }),
    remembers: true,
  },
  dropDuplicates: {
    methods: ['DStream.dropDuplicates'],
    accepts: certain,
    draw: (draw, shape) => ({
      ...partitions(draw),
      variant: draw.of(duplicatesOf(shape)),
      within: 1 + draw.upTo(2),
    }),
    result: ({ first }) => ({ type: first.type, isOrdered: false }),
    remembers: true,
  },
  stateSnapshots: {
    methods: ['MapWithStateDStream.stateSnapshots'],
    accepts: ({ op }) => op === 'mapWithState',
    result: ({ first }) => ({ type: first.type, isOrdered: false, size: Math.max(5, first.size) }),
    remembers: true,
  },
};

/** The first one of several records is known where equal keys mean equal records, or where an order is promised. */
function duplicatesOf({ isOrdered }: Shape): readonly string[] {
  return isOrdered ? ['equal', 'byKey', 'byKey'] : ['equal'];
}

/** State may have initial keys when keys are numbers. */
function initialKeys(draw: Draw, shape: Shape): NodeSettings {
  return pairTypes(shape)[0].kind === 'number' && draw.happens(0.4) ? { initialKeys: 1 + draw.upTo(6) } : {};
}

const EVENT_TIME: Specs<(typeof EVENT_TIME_OPERATORS)[number]> = {
  assignTimestamps: {
    methods: ['DStream.assignTimestamps', 'EventTimeStream.uid'],
    accepts: isWhole,
    draw: (draw) => {
      const idleAfterMs = draw.of([undefined, 400, 1_000]);
      const farEvery = draw.of([undefined, 4, 9]);
      const maxFutureMs = draw.of([undefined, 86_400_000]);
      return {
        times: {
          stepMs: draw.of([10, 50, 100]),
          outOfOrdernessMs: draw.of([0, 100, 300]),
          ...(farEvery === undefined ? {} : { farEvery }),
          ...(maxFutureMs === undefined ? {} : { maxFutureMs }),
          ...(idleAfterMs === undefined ? {} : { idleAfterMs, idleAdvanceMs: draw.of([0, 250, 1_500]) }),
        },
      };
    },
    result: ({ first }) => ({ type: first.type, isTimed: true }),
  },
  eventMap: {
    methods: ['EventTimeStream.map', 'EventTimeStream.mapAsync'],
    accepts: timedOnly,
    draw: (draw) => ({ variant: draw.of(['number', 'pair', 'pair', 'wrapped']), rest: draw.upTo(9) }),
    result: (shapes, set) => batchOperator('map').result(shapes, set),
  },
  eventFlatMap: {
    methods: ['EventTimeStream.flatMap', 'EventTimeStream.flatMapAsync'],
    accepts: (shape) => timedOnly(shape) && shape.size <= 150,
    draw: (draw) => ({ variant: draw.of(['copies', 'numbers']) }),
    result: (shapes, set) => batchOperator('flatMap').result(shapes, set),
  },
  eventFilter: {
    methods: ['EventTimeStream.filter', 'EventTimeStream.filterAsync'],
    accepts: timedOnly,
    draw: (draw) => ({ modulus: draw.of([2, 3, 7]), rest: draw.upTo(1) }),
    result: ({ first }) => ({ type: first.type }),
  },
  eventUnion: {
    methods: ['EventTimeStream.union'],
    accepts: (shape) => timedOnly(shape) && shape.size <= 150,
    acceptsOther: (other, first) => timedOnly(other) && isSameType(other.type, first.type),
    result: ({ first, other }) => ({
      type: first.type,
      isOrdered: first.isOrdered && other.isOrdered,
      size: first.size + other.size,
    }),
  },
  eventDropDuplicates: {
    methods: ['EventTimeStream.dropDuplicates'],
    accepts: (shape) => timedOnly(shape) && certain(shape),
    draw: (draw, shape) => ({
      ...partitions(draw),
      variant: draw.of(duplicatesOf(shape)),
      within: draw.of([50, 200, 1_000]),
    }),
    result: ({ first }) => ({ type: first.type, isOrdered: false }),
    remembers: true,
  },
  records: {
    methods: ['EventTimeStream.records'],
    accepts: timedOnly,
    result: ({ first }) => ({ type: first.type, isTimed: false }),
  },
  aheadRecords: {
    methods: ['EventTimeStream.aheadRecords'],
    accepts: timedOnly,
    result: ({ first }) => ({ type: first.type, isTimed: false }),
  },
  watermarks: {
    methods: ['EventTimeStream.watermarks'],
    accepts: timedOnly,
    result: () => ({ type: { kind: 'watermark' }, isTimed: false, isOrdered: true, size: 1 }),
    remembers: true,
  },
};

const EVENT_WINDOWS: Specs<(typeof EVENT_WINDOW_OPERATORS)[number]> = {
  windowsReduceByKey: eventWindows('reduceByKey', (type) => valueOfWindow(type, (value) => value), true),
  windowsAggregateByKey: eventWindows('aggregateByKey', (type) => valueOfWindow(type, () => PAIR), true),
  windowsGroupByKey: eventWindows(
    'groupByKey',
    (type) => valueOfWindow(type, (value) => list(value, false)),
    true,
  ),
  windowsReduce: eventWindows('reduce', window, false),
  windowsAggregate: eventWindows('aggregate', () => window(PAIR), false),
  windowsGroup: eventWindows('group', (type) => window(list(type, false)), false),
  joinWithin: joinsWithin('joinWithin', (value) => value),
  leftOuterJoinWithin: joinsWithin('leftOuterJoinWithin', maybe),
  lateRecords: {
    methods: ['EventWindowDStream.lateRecords'],
    accepts: ({ op }) => op.startsWith('windows') || isJoinWithin(op),
    // For windows the type is that of the stream below, supplied by the caller.
    result: ({ first, other }) => ({
      type: isJoinWithin(first.op) ? lateOfJoin(first) : other.type,
      isOrdered: false,
    }),
    remembers: true,
  },
};

/** The records of a source before any operator: a part of the received records. */
const INPUT: OperatorSpec = {
  methods: ['StreamingContext.receiverStream'],
  accepts: () => false,
  result: (_shapes, { variant }) => ({
    type: variant === 'number' ? NUMBER : PAIR,
    isOrdered: true,
    slide: 1,
  }),
};

const OPERATORS: Specs<OperatorName> = {
  input: INPUT,
  ...(Object.fromEntries(STREAM_BATCH_OPERATORS.map((name) => [name, batchOperator(name)])) as Specs<
    (typeof STREAM_BATCH_OPERATORS)[number]
  >),
  ...WHOLE_BATCH,
  ...WINDOWS,
  ...STATE,
  ...EVENT_TIME,
  ...EVENT_WINDOWS,
};

/** The inputs and the result of an operator. */
export function operatorOf(name: OperatorName): OperatorSpec {
  return OPERATORS[name];
}

/** Tells whether an operator accepts a stream as its first input. Streams with event time have separate operators. */
export function takes(name: OperatorName, shape: Shape): boolean {
  const spec = operatorOf(name);
  return shape.isTimed === OF_EVENT_TIME.has(name) && spec.accepts(shape);
}

const OF_EVENT_TIME: ReadonlySet<OperatorName> = new Set(
  [...EVENT_TIME_OPERATORS, ...EVENT_WINDOW_OPERATORS].filter(
    (name) => name !== 'assignTimestamps' && name !== 'lateRecords',
  ),
);

/** Tells whether an operator keeps data across batches. */
export function remembers(name: OperatorName): boolean {
  return operatorOf(name).remembers === true;
}

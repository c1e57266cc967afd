// Windows and joins of event time, in the table of drawn programs.
import type { Draw } from '../draw.ts';
import { combinersOf, type OperatorSpec } from './batch-operators.ts';
import type { EVENT_WINDOW_OPERATORS, OperatorName } from './operator-names.ts';
import { partitions, type Specs } from './operator-settings.ts';
import type { EventWindowSettings, WindowAlignmentSettings } from './program-plan.ts';
import { isSameType, list, PAIR, tuple, type RecordType } from './record-type.ts';
import { isKeyed, pairTypes, type Shape } from './shape.ts';

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
    accepts: (shape) => shape.isTimed && (!isByKey || isKeyed(shape)),
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
  const isFitting = (shape: Shape) => shape.isTimed && isKeyed(shape) && shape.size <= 40;
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

/** The windows and joins of event time. */
export const EVENT_WINDOWS: Specs<(typeof EVENT_WINDOW_OPERATORS)[number]> = {
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

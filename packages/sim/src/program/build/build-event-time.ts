// Creates and uses streams with event time: event times of records, operators that keep event times, windows, and
// conversions back to plain streams.
import type { DStream, EventTimeStream, EventTimeWindows } from '@millrace/engine';
import type { EVENT_TIME_OPERATORS, EVENT_WINDOW_OPERATORS, OperatorName } from '../operator-names.ts';
import type { NodeSettings, WindowAlignmentSettings } from '../program-plan.ts';
import { duplicateKeyOf, filtered, flatMapped, mapped } from '../record-functions.ts';
import { pairTypes, type Shape } from '../shape.ts';
import { combinerOf, sum, timer, weigher } from '../user-functions.ts';
import { type MakeLater, optionsOf } from './user-calls.ts';

/** A stream of a program: with event time or without. */
export type AnyStream = DStream<unknown> | EventTimeStream<unknown>;

/** The arguments of an operator. */
export interface EventTimeWork {
  readonly input: AnyStream;
  readonly other: AnyStream;
  readonly shape: Shape;
  readonly set: NodeSettings;
  readonly later: MakeLater;
}

type Name = (typeof EVENT_TIME_OPERATORS)[number] | (typeof EVENT_WINDOW_OPERATORS)[number];
type Windows = EventTimeWindows<unknown>;
type KeyedWindows = EventTimeWindows<[unknown, unknown]>;

/** Calls an operator; undefined when the operator is not an event-time operator. */
export function buildEventTimeOperator(op: OperatorName, work: EventTimeWork): AnyStream | undefined {
  return Object.hasOwn(BUILDERS, op) ? BUILDERS[op as Name](work) : undefined;
}

const events = ({ input }: EventTimeWork): EventTimeStream<unknown> => input as EventTimeStream<unknown>;

function windows(work: EventTimeWork): Windows {
  const { windows: plan } = work.set;
  if (plan === undefined) throw new TypeError('windows of event time are set');
  const { rule } = plan;
  const made = () => {
    switch (rule.kind) {
      case 'tumbling':
        return events(work).tumbling(rule.sizeMs, alignmentOf(rule));
      case 'sliding':
        return events(work).sliding(rule.sizeMs, rule.slideMs, alignmentOf(rule));
      case 'session':
        return events(work).session(rule.gapMs);
    }
  };
  return made().allowedLateness(plan.allowedLatenessMs);
}

function alignmentOf({ offsetMs, timeZone }: WindowAlignmentSettings): WindowAlignmentSettings {
  return {
    ...(offsetMs === undefined ? {} : { offsetMs }),
    ...(timeZone === undefined ? {} : { timeZone }),
  };
}

const pairs = (stream: AnyStream) => stream as EventTimeStream<[unknown, unknown]>;
const keyed = (work: EventTimeWork): KeyedWindows => windows(work) as KeyedWindows;
const options = ({ set }: EventTimeWork) =>
  set.partitions === undefined ? {} : { partitions: set.partitions };
/** Counts and sums. Values may be changed in place, so a window shared with another value would reveal the sharing. */
function counting(weigh: (value: unknown) => number) {
  return [
    (): [number, number] => [0, 0],
    (value: [number, number], record: unknown): [number, number] => {
      value[0] += 1;
      value[1] = sum(value[1], weigh(record));
      return value;
    },
    (earlier: [number, number], later: [number, number]): [number, number] => {
      earlier[0] += later[0];
      earlier[1] = sum(earlier[1], later[1]);
      return earlier;
    },
  ] as const;
}

const BUILDERS: Readonly<Record<Name, (work: EventTimeWork) => AnyStream>> = {
  assignTimestamps: ({ input, shape, set }) => {
    const { stepMs: _step, farEvery: _far, ...times } = set.times ?? {};
    return (input as DStream<unknown>).assignTimestamps(timer(shape.type, set.times), times);
  },
  eventMap: (work) => {
    const { set, shape, later } = work;
    const fn = mapped(shape.type, set);
    return set.calls
      ? events(work).mapAsync(later(fn, set.calls), optionsOf(set.calls))
      : events(work).map(fn);
  },
  eventFlatMap: (work) => {
    const { set, shape, later } = work;
    const fn = flatMapped(shape.type, set);
    return set.calls
      ? events(work).flatMapAsync(later(fn, set.calls), optionsOf(set.calls))
      : events(work).flatMap(fn);
  },
  eventFilter: (work) => {
    const { set, shape, later } = work;
    const fn = filtered(shape.type, set);
    return set.calls
      ? events(work).filterAsync(later(fn, set.calls), optionsOf(set.calls))
      : events(work).filter(fn);
  },
  eventUnion: (work) => events(work).union(work.other as EventTimeStream<unknown>),
  eventDropDuplicates: (work) =>
    events(work).dropDuplicates(duplicateKeyOf(work.shape.type, work.set), {
      withinMs: work.set.within ?? 100,
      ...options(work),
    }),
  records: (work) => events(work).records,
  aheadRecords: (work) => events(work).aheadRecords(),
  watermarks: (work) => events(work).watermarks,

  windowsReduceByKey: (work) =>
    keyed(work).reduceByKey(
      combinerOf(work.set.combine ?? 'greatest', pairTypes(work.shape)[1]),
      options(work),
    ),
  windowsAggregateByKey: (work) =>
    keyed(work).aggregateByKey(...counting(weigher(pairTypes(work.shape)[1])), options(work)),
  windowsGroupByKey: (work) => keyed(work).groupByKey(options(work)),
  windowsReduce: (work) => windows(work).reduce(combinerOf(work.set.combine ?? 'greatest', work.shape.type)),
  windowsAggregate: (work) => windows(work).aggregate(...counting(weigher(work.shape.type))),
  windowsGroup: (work) => windows(work).group(),
  joinWithin: (work) =>
    pairs(work.input).joinWithin(pairs(work.other), { ...work.set.span, ...options(work) }),
  leftOuterJoinWithin: (work) =>
    pairs(work.input).leftOuterJoinWithin(pairs(work.other), { ...work.set.span, ...options(work) }),
  lateRecords: ({ input }) => {
    const { lateRecords } = input as DStream<unknown> & { readonly lateRecords: () => DStream<unknown> };
    return lateRecords.call(input);
  },
};

// Operators on streams of event time, without windows, in the table of drawn programs.
import { batchOperator } from './batch-operators.ts';
import type { EVENT_TIME_OPERATORS } from './operator-names.ts';
import { certain, duplicatesOf, partitions, type Specs } from './operator-settings.ts';
import { isSameType } from './record-type.ts';
import { isWhole, type Shape } from './shape.ts';

const timedOnly = (shape: Shape): boolean => shape.isTimed;

/** The operators on streams of event time. */
export const EVENT_TIME: Specs<(typeof EVENT_TIME_OPERATORS)[number]> = {
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

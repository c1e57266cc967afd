// Operators on windows of batches, in the table of drawn programs.
import type { Draw } from '../draw.ts';
import { combinersOf } from './batch-operators.ts';
import type { WINDOW_OPERATORS } from './operator-names.ts';
import { certain, partitions, type Specs } from './operator-settings.ts';
import type { NodeSettings } from './program-plan.ts';
import { list, NUMBER, tuple } from './record-type.ts';
import { hasNumbersByKey, isKeyed, isWhole, pairTypes, type Shape } from './shape.ts';

/** The maximum slide of a stream in batches, so that a run of some seconds has several windows of the stream. */
const SLIDE_MAX = 4;
/** The maximum length of a window in batches. */
const LENGTH_MAX = 8;

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

/** The operators on windows of batches. */
export const WINDOWS: Specs<(typeof WINDOW_OPERATORS)[number]> = {
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

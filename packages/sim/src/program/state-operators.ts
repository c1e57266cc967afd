// Operators with state by key, in the table of drawn programs.
import type { Draw } from '../draw.ts';
import type { STATE_OPERATORS } from './operator-names.ts';
import { certain, duplicatesOf, partitions, type Specs } from './operator-settings.ts';
import type { NodeSettings } from './program-plan.ts';
import { NUMBER, tuple } from './record-type.ts';
import { isKeyed, pairTypes, type Shape } from './shape.ts';

/** The operators with state by key. */
export const STATE: Specs<(typeof STATE_OPERATORS)[number]> = {
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

/** State may have initial keys when keys are numbers. */
function initialKeys(draw: Draw, shape: Shape): NodeSettings {
  return pairTypes(shape)[0].kind === 'number' && draw.happens(0.4) ? { initialKeys: 1 + draw.upTo(6) } : {};
}

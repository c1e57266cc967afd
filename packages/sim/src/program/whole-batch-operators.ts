// Operators on whole batches, in the table of drawn programs.
import { BATCH_OPERATOR_NAMES, type WHOLE_BATCH_OPERATORS } from './operator-names.ts';
import { batchOperator, combinersOf } from './batch-operators.ts';
import { certain, partitions, type Specs } from './operator-settings.ts';
import { isSameType, NUMBER, tuple } from './record-type.ts';
import { isWhole } from './shape.ts';

/** The operators on whole batches. */
export const WHOLE_BATCH: Specs<(typeof WHOLE_BATCH_OPERATORS)[number]> = {
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

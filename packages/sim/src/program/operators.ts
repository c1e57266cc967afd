// The table of all operators of drawn programs: inputs, results and called public methods of each operator. The
// possible pairs of operators follow from this table.
import { batchOperator, type OperatorSpec } from './batch-operators.ts';
import { EVENT_TIME } from './event-time-operators.ts';
import { EVENT_WINDOWS } from './event-window-operators.ts';
import {
  EVENT_TIME_OPERATORS,
  EVENT_WINDOW_OPERATORS,
  type OperatorName,
  STREAM_BATCH_OPERATORS,
} from './operator-names.ts';
import type { Specs } from './operator-settings.ts';
import { NUMBER, PAIR } from './record-type.ts';
import type { Shape } from './shape.ts';
import { STATE } from './state-operators.ts';
import { WHOLE_BATCH } from './whole-batch-operators.ts';
import { WINDOWS } from './window-operators.ts';

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

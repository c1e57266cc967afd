// Calls operators of streams: operators on whole batches, windows, and state.
import type { DStream, MapWithStateDStream, RDD, State, StreamingContext } from '@millrace/engine';
import type { OperatorName } from '../operator-names.ts';
import type { NodeSettings } from '../program-plan.ts';
import { duplicateKeyOf } from '../record-functions.ts';
import { pairTypes, type Shape } from '../shape.ts';
import { initialStateOf, mapperOf, updaterOf } from '../state-functions.ts';
import { combinerOf, difference, sum } from '../user-functions.ts';
import { buildBatchOperator, type Collection } from './build-batch-operators.ts';
import type { MakeLater } from './user-calls.ts';

type Pairs = DStream<[unknown, unknown]>;

/** The arguments of an operator. */
export interface StreamWork {
  readonly ssc: StreamingContext;
  readonly input: DStream<unknown>;
  /** The second input; the first one for an operator that has one input. */
  readonly other: DStream<unknown>;
  /** The shapes of both. */
  readonly shape: Shape;
  readonly batchIntervalMs: number;
  readonly set: NodeSettings;
  /** User code that sometimes fails. */
  readonly falter: () => void;
  /** Makes asynchronous functions. */
  readonly later: MakeLater;
}

/** The operators with a separate method on streams. */
export type StreamOperatorName = keyof typeof BUILDERS;

/** Calls an operator; undefined when the operator is not a stream operator. */
export function buildStreamOperator(op: OperatorName, work: StreamWork): DStream<unknown> | undefined {
  return Object.hasOwn(BUILDERS, op) ? BUILDERS[op as StreamOperatorName](work) : undefined;
}

const pairs = ({ input }: StreamWork): Pairs => input as Pairs;
const collection = (records: DStream<unknown> | RDD<unknown>): Collection => records;

function spanOf({ set, shape, batchIntervalMs }: StreamWork): readonly [windowMs: number, slideMs: number] {
  const slideMs = shape.slide * batchIntervalMs;
  return [(set.length ?? 1) * slideMs, (set.slide ?? 1) * slideMs];
}

const combineRecords = ({ set, shape }: StreamWork) => combinerOf(set.combine ?? 'greatest', shape.type);
const combineValues = ({ set, shape }: StreamWork) =>
  combinerOf(set.combine ?? 'greatest', pairTypes(shape)[1]);
const partitionsOf = ({ set }: StreamWork) =>
  set.partitions === undefined ? {} : { partitions: set.partitions };

const BUILDERS = {
  union: ({ ssc, input, other, set }: StreamWork) =>
    set.byContext === true ? ssc.union(input, other) : input.union(other),
  count: ({ input }: StreamWork) => input.count(),
  reduce: (work: StreamWork) => work.input.reduce(combineRecords(work)),
  countByValue: ({ input, set }: StreamWork) => input.countByValue(set.partitions),
  transform: ({ ssc, input, shape, set, later }: StreamWork) => {
    const made = (rdd: RDD<unknown>): RDD<unknown> => innerOf(rdd, rdd, { shape, set, later });
    return set.byContext === true ? ssc.transform([input], ([rdd]) => made(rdd)) : input.transform(made);
  },
  transformWith: ({ ssc, input, other, shape, set, later }: StreamWork) =>
    set.byContext === true
      ? ssc.transform([input, other], ([rdd, otherRdd]) => innerOf(rdd, otherRdd, { shape, set, later }))
      : input.transformWith(other, (rdd, otherRdd) => innerOf(rdd, otherRdd, { shape, set, later })),

  window: (work: StreamWork) => work.input.window(...spanOf(work)),
  reduceByWindow: (work: StreamWork) => work.input.reduceByWindow(combineRecords(work), ...spanOf(work)),
  reduceByWindowInverse: (work: StreamWork) =>
    work.input.reduceByWindow(sum, ...spanOf(work), { inverse: difference }),
  countByWindow: (work: StreamWork) => work.input.countByWindow(...spanOf(work)),
  countByValueAndWindow: (work: StreamWork) =>
    work.input.countByValueAndWindow(...spanOf(work), work.set.partitions),
  groupByKeyAndWindow: (work: StreamWork) =>
    pairs(work).groupByKeyAndWindow(...spanOf(work), work.set.partitions),
  reduceByKeyAndWindow: (work: StreamWork) =>
    pairs(work).reduceByKeyAndWindow(combineValues(work), ...spanOf(work), work.set.partitions),
  reduceByKeyAndWindowInverse: (work: StreamWork) =>
    pairs(work).reduceByKeyAndWindow(sum, ...spanOf(work), {
      ...partitionsOf(work),
      inverse: difference,
      ...(work.set.hides === true ? { filter: ([, value]: [unknown, unknown]) => value !== 0 } : {}),
    }),

  updateStateByKey: (work: StreamWork) => {
    const update = updaterOf(pairTypes(work.shape)[1], work.set);
    return pairs(work).updateStateByKey<unknown, unknown, number>(
      (values, state) => {
        work.falter();
        return update(values, state);
      },
      { ...partitionsOf(work), initialState: initialStateOf(work.set) },
    );
  },
  mapWithState: (work: StreamWork): DStream<unknown> => {
    const { shape, batchIntervalMs, set } = work;
    const step = mapperOf(pairTypes(shape)[1], set);
    const timeoutMs = set.timeout === undefined ? undefined : set.timeout * shape.slide * batchIntervalMs;
    return pairs(work).mapWithState<unknown, unknown, number, unknown>(
      (key, value, state: State<number>) => {
        work.falter();
        if (state.isTimingOut()) return [key, step.timesOut(state.get())];
        const { emits, next } = step.takes(value, state.getOption());
        if (next !== undefined) state.update(next);
        else if (state.exists()) state.remove();
        return emits === undefined ? undefined : [key, emits];
      },
      {
        ...partitionsOf(work),
        initialState: initialStateOf(set),
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
      },
    );
  },
  dropDuplicates: ({ input, shape, set, batchIntervalMs }: StreamWork) =>
    input.dropDuplicates(duplicateKeyOf(shape.type, set), {
      withinMs: (set.within ?? 1) * shape.slide * batchIntervalMs,
      ...(set.partitions === undefined ? {} : { partitions: set.partitions }),
    }),
  stateSnapshots: ({ input }: StreamWork): DStream<unknown> =>
    (input as MapWithStateDStream<unknown, unknown, unknown>).stateSnapshots(),
} as const;

function innerOf(
  rdd: RDD<unknown>,
  other: RDD<unknown>,
  { shape, set: { inner }, later }: Pick<StreamWork, 'shape' | 'set' | 'later'>,
): RDD<unknown> {
  if (inner === undefined) return rdd;
  const made = buildBatchOperator(inner.op, {
    input: collection(rdd),
    other: collection(other),
    shape,
    set: inner.set,
    later,
  });
  return made as unknown as RDD<unknown>;
}

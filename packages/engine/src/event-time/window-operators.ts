// Windows as streams: the state with the open windows, fed with records by key and with the watermark, and the two
// streams that programs see.
import { operatorOptions, optionalCount, optionalPartitions } from '../graph/checked-argument.ts';
import type { StreamNode } from '../graph/stream-node.ts';
import type { MakeStream, StreamOperator } from '../graph/stream-operator.ts';
import type { UidOptions } from '../graph/stream-uids.ts';
import type { Pair } from '../rdd/pair.ts';
import { synchronous } from '../rdd/synchronous.ts';
import { mappedOf, viewOf } from '../state/state-operators.ts';
import { StateStream } from '../state/state-stream.ts';
import { arrivals, type Incoming, valueOf } from './arrivals.ts';
import type { EventWindow, OpenWindow } from './event-window.ts';
import type { Timed } from './timed-record.ts';
import { windowConditions } from './window-conditions.ts';
import type { Watermark } from './watermark.ts';
import { dueOf, windowStep, type WindowBatch, type WindowRules } from './window-step.ts';

/** Options of a window aggregation. */
export interface EventWindowOptions<out A> {
  /**
   * Default: the environment's default parallelism. Windows are dealt to the new partitions when this number changes.
   */
  readonly partitions?: number;
  /** The version of the values' schema, from 1 up; see `StateOptions`. Default 1. */
  readonly schemaVersion?: number;
  /** Migrates a value of an older version to this version; see `StateOptions`. */
  readonly migrate?: (value: unknown, fromVersion: number) => A;
}

/** The operators of windows. */
export interface WindowOperators<R, L> {
  readonly results: StreamOperator<R>;
  readonly late: StreamOperator<L>;
  /** The watermark of this operator alone, which shares its uid, with `.watermark` at the end. Absent: none. */
  readonly watermark?: { uid(uid: string, options: UidOptions): unknown };
  /** Passes the stream of results, by which listeners identify late records. */
  readonly attach: (stream: StreamNode<unknown>) => void;
}

/** Windows by key. @throws `MR_GRAPH_INVALID_ARGUMENT`. */
export function windowOperators<K, V, A>(work: {
  readonly watermarks: StreamNode<Watermark>;
  readonly pairs: StreamNode<Timed<Pair<K, V>>>;
  readonly rules: WindowRules<V, A>;
  readonly options: EventWindowOptions<A>;
  readonly make: MakeStream;
}): WindowOperators<[K, EventWindow<A>], [K, V]> {
  const { watermarks, pairs, rules, options, make } = work;
  operatorOptions('event time windows', options, {
    partitions: 'any',
    schemaVersion: 'any',
    migrate: 'function',
  });
  optionalPartitions('event time windows', options.partitions);
  optionalCount('event time windows', 'schemaVersion', options.schemaVersion);
  const partitions = options.partitions ?? pairs.scope.environment.defaultParallelism;
  const { rule, allowedLatenessMs } = rules;
  let results: StreamNode<unknown> | undefined;
  const arrived = make(arrivals(watermarks, pairs, partitions));
  const states = new StateStream<K, Incoming<V>, readonly OpenWindow<A>[], WindowBatch<K, V, A>>({
    kind: 'eventWindows',
    parent: arrived,
    options: { ...stateOptions(options), partitions },
    step: windowStep<K, V, A>(rules),
    original: ([key, incoming]) => [key, valueOf(incoming)],
    beginsWithoutData: true,
    dueAt: dueOf(allowedLatenessMs),
    conditions: windowConditions(rule, allowedLatenessMs),
    counted: {
      count: (batches) => batches.map(({ late }) => ['late', late.length]),
      tell: (batchTime, counts) => {
        const recordCount = counts.get('late') ?? 0;
        if (recordCount === 0 || results === undefined) return;
        const late = { batchTime, stream: results.id, recordCount };
        pairs.scope.publish('records:late', { late });
      },
    },
    settings: [
      allowedLatenessMs,
      ...(rule.kind === 'fixed'
        ? [rule.sizeMs, rule.slideMs, rule.offsetMs ?? 0, rule.timeZone ?? '']
        : [rule.gapMs]),
    ],
  });
  const kind = 'eventWindows';
  return {
    results: viewOf(kind, states, (state) => mappedOf(state).flatMap(({ windows }) => windows), {
      hashed: true,
      hidden: [arrived],
    }),
    late: viewOf('lateRecords', states, (state) => mappedOf(state).flatMap(({ late }) => late), {
      hashed: true,
    }),
    attach: (stream) => void (results = stream),
  };
}

/** Applies the program's options for values to the windows that hold the values. */
function stateOptions<A>({ schemaVersion, migrate }: EventWindowOptions<A>) {
  return {
    ...(schemaVersion === undefined ? {} : { schemaVersion }),
    ...(migrate === undefined
      ? {}
      : {
          migrate: (state: unknown, fromVersion: number): readonly OpenWindow<A>[] =>
            (state as readonly OpenWindow<unknown>[]).map((window) => ({
              ...window,
              value: synchronous('migrate', migrate(window.value, fromVersion)),
            })),
        }),
  };
}

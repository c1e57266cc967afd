// Joins by event time as streams: the two inputs in one shuffle with the watermark of both, the state with the remembered
// records, and the streams that programs see.
import { operatorOptions, optionalMs, optionalPartitions } from '../graph/checked-argument.ts';
import type { StreamNode } from '../graph/stream-node.ts';
import { type MakeStream, perBatch } from '../graph/stream-operator.ts';
import { unionOperator } from '../graph/transform-operator.ts';
import { map } from '../rdd/narrow-operators.ts';
import type { Pair } from '../rdd/pair.ts';
import { requirePair } from '../rdd/required-pair.ts';
import type { StateConditions } from '../state/state-conditions.ts';
import { mappedOf, viewOf } from '../state/state-operators.ts';
import { StateStream } from '../state/state-stream.ts';
import { arrivals, type Incoming, valueOf } from './arrivals.ts';
import { eventTimeError } from './event-time-errors.ts';
import { joinDueAt, joinStep, type JoinBatch, type Joined, type JoinRules, type JoinSpan, type JoinState, type Sided } from './join-step.ts'; // prettier-ignore
import { recordOf, type Timed } from './timed-record.ts';
import type { WatermarkClock } from './watermark-clock.ts';
import type { WindowOperators } from './window-operators.ts';

/** Options of `joinWithin` and `leftOuterJoinWithin`. */
export interface JoinWithinOptions {
  /** A partner of the other stream is older than the record of this stream by at most so many milliseconds. Default 0. */
  readonly beforeMs?: number;
  /** A partner of the other stream is newer than the record of this stream by at most so many milliseconds. Default 0. */
  readonly afterMs?: number;
  /** Default: the environment's default parallelism. Keys are dealt to the new partitions when this number changes. */
  readonly partitions?: number;
}

/** The two streams of a join, with the watermark of both. */
export interface JoinInputs<K, V, W> {
  readonly left: StreamNode<Timed<Pair<K, V>>>;
  readonly right: StreamNode<Timed<Pair<K, W>>>;
  readonly clock: WatermarkClock;
  /** True when no other stream has the clock, so that the join names its watermark. */
  readonly hasOwnClock: boolean;
  readonly make: MakeStream;
}

/**
 * The operators of a join. `kind` is the name of the method.
 *
 * @throws `MR_GRAPH_INVALID_ARGUMENT`, `MR_GRAPH_DIFFERENT_SLIDES`.
 */
export function joinOperators<K, V, W>(
  kind: 'joinWithin' | 'leftOuterJoinWithin',
  { left, right, clock, hasOwnClock, make }: JoinInputs<K, V, W>,
  given: JoinWithinOptions,
): WindowOperators<[K, Joined<V, W>], [K, Joined<V, W>]> {
  const options = operatorOptions(kind, given, { beforeMs: 'any', afterMs: 'any', partitions: 'any' });
  const beforeMs = optionalMs(kind, 'beforeMs', options.beforeMs) ?? 0;
  const afterMs = optionalMs(kind, 'afterMs', options.afterMs) ?? 0;
  const partitions =
    optionalPartitions(kind, options.partitions) ?? left.scope.environment.defaultParallelism;
  const rules: JoinRules = { beforeMs, afterMs, isLeftOuter: kind === 'leftOuterJoinWithin' };
  const inputs = [sided<K, V, W>(kind, 'left', left, make), sided<K, V, W>(kind, 'right', right, make)];
  const both = make(unionOperator(inputs));
  let results: StreamNode<unknown> | undefined;
  const arrived = make(arrivals<K, Sided<V, W>>(clock.watermarks, both, partitions));
  const states = new StateStream<K, Incoming<Sided<V, W>>, JoinState<V, W>, JoinBatch<K, V, W>>({
    kind,
    parent: arrived,
    options: { partitions },
    step: joinStep<K, V, W>(rules),
    original: ([key, incoming]) => [key, valueOf(incoming)?.[1]],
    beginsWithoutData: true,
    dueAt: joinDueAt(rules),
    conditions: joinConditions(rules),
    counted: {
      count: (batches) => batches.map(({ late }) => ['late', late.length]),
      tell: (batchTime, counts) => {
        const recordCount = counts.get('late') ?? 0;
        if (recordCount === 0 || results === undefined) return;
        left.scope.publish('records:late', { late: { batchTime, stream: results.id, recordCount } });
      },
    },
    settings: [beforeMs, afterMs],
  });
  return {
    results: viewOf(kind, states, (state) => mappedOf(state).flatMap(({ joined }) => joined), {
      hashed: true,
      hidden: [...inputs, arrived],
    }),
    late: viewOf('lateRecords', states, (state) => mappedOf(state).flatMap(({ late }) => late), {
      hashed: true,
    }),
    ...(hasOwnClock ? { watermark: clock } : {}),
    attach: (stream) => void (results = stream),
  };
}

/** Values with the name of their side. */
function sided<K, V, W>(
  kind: string,
  side: 'left' | 'right',
  pairs: StreamNode<Timed<Pair<K, V | W>>>,
  make: MakeStream,
): StreamNode<Timed<Pair<K, Sided<V, W>>>> {
  const operator = perBatch({
    kind: side === 'left' ? `${kind}Left` : `${kind}Right`,
    parent: pairs,
    build: (rdd) =>
      rdd.environment.define(
        map<Timed<Pair<K, V | W>>, Timed<Pair<K, Sided<V, W>>>>(
          rdd,
          ([atMs, pair]) => {
            requirePair(kind, pair);
            return [atMs, [pair[0], [side, pair[1]] as unknown as Sided<V, W>]];
          },
          recordOf,
        ),
      ),
  });
  return make(operator);
}

/** A shorter span only forgets records sooner. With a longer one, partners of the past would be missing. */
function joinConditions({ beforeMs, afterMs }: JoinSpan): StateConditions {
  return {
    current: () => ({ beforeMs, afterMs }),
    assertFit: (data, operator) => {
      // The same operator of an earlier driver wrote the data, by `current`.
      const kept = data as JoinSpan;
      if (kept.beforeMs >= beforeMs && kept.afterMs >= afterMs) return;
      throw eventTimeError(
        'MR_EVENT_TIME_JOIN_CHANGED',
        `the checkpoint holds records of ${operator} for partners up to ${kept.beforeMs} ms before and ${kept.afterMs} ms after, ` +
          `the program asks for ${beforeMs} ms before and ${afterMs} ms after: the span may only decrease; restore the ` +
          'setting, or choose another uid for the join and set allowDroppedState to lose the remembered records',
        { details: { operator, kept, present: { beforeMs, afterMs } } },
      );
    },
  };
}

// Dropping duplicates by event time: a record passes when no record of its key has passed whose time is within
// `withinMs` of its own. The state of a key is the times that have passed. A record is judged until the watermark has
// passed its time by `withinMs`; such a record may meet times that are older by `withinMs` again. Times are therefore
// remembered until the watermark has passed them by twice that duration.
//
//   within 10, watermark 100       judged: times from 90 on       remembered: times from 80 on
import { onlyFunction } from '../graph/checked-argument.ts';
import type { StreamNode } from '../graph/stream-node.ts';
import { type MakeStream, perBatch, type StreamOperator } from '../graph/stream-operator.ts';
import { map } from '../rdd/narrow-operators.ts';
import type { Pair } from '../rdd/pair.ts';
import { synchronous } from '../rdd/synchronous.ts';
import { checkedDropDuplicates, type DropDuplicatesOptions } from '../state/drop-duplicates.ts';
import { mappedOf, viewOf } from '../state/state-operators.ts';
import type { StateStep } from '../state/state-rdd.ts';
import { StateStream } from '../state/state-stream.ts';
import { arrivals, arrived, type Incoming, valueOf } from './arrivals.ts';
import { insertTime, placeOf } from './sorted-times.ts';
import { recordOf, type Timed } from './timed-record.ts';
import type { WatermarkClock } from './watermark-clock.ts';

/** The result of a batch of a partition. */
interface PassedRecords<T> {
  readonly passed: readonly Timed<T>[];
  /** The number of records that are too old, or too far ahead, to be judged. */
  readonly lateCount: number;
}

/** The number of keys between two pauses. */
const KEYS_PER_PAUSE = 256;

/** See `EventTimeStream.dropDuplicates`. @throws `MR_GRAPH_INVALID_ARGUMENT`. */
export function dropEventDuplicates<T>(work: {
  readonly timed: StreamNode<Timed<T>>;
  readonly clock: WatermarkClock;
  readonly keyOf: (record: T) => unknown;
  readonly options: DropDuplicatesOptions;
  readonly make: MakeStream;
}): StreamOperator<Timed<T>> {
  const { timed, clock, make } = work;
  const kind = 'dropDuplicates';
  const keyOf = onlyFunction(kind, work.keyOf);
  const { withinMs, partitions = timed.scope.environment.defaultParallelism } = checkedDropDuplicates(
    work.options,
  );
  const pairs = make(
    perBatch({
      kind: 'dropDuplicatesKey',
      parent: timed,
      build: (rdd) =>
        rdd.environment.define(
          map<Timed<T>, Timed<Pair<unknown, T>>>(
            rdd,
            ([atMs, record]) => [atMs, [synchronous(kind, keyOf(record)), record]],
            recordOf,
          ),
        ),
    }),
  );
  let results: StreamNode<unknown> | undefined;
  const states = new StateStream<unknown, Incoming<T>, readonly number[], PassedRecords<T>>({
    kind,
    parent: make(arrivals(clock.watermarks, pairs, partitions)),
    options: { partitions },
    step: dropEventDuplicatesStep<unknown, T>(withinMs),
    original: ([, incoming]) => valueOf(incoming),
    beginsWithoutData: true,
    dueAt: ([oldestMs]) => (oldestMs === undefined ? undefined : oldestMs + 2 * withinMs),
    counted: {
      count: (batches) => batches.map(({ lateCount }) => ['late', lateCount]),
      tell: (batchTime, counts) => {
        const recordCount = counts.get('late') ?? 0;
        if (recordCount === 0 || results === undefined) return;
        timed.scope.publish('records:late', { late: { batchTime, stream: results.id, recordCount } });
      },
    },
    settings: [withinMs],
  });
  const view = viewOf(kind, states, (state) => mappedOf(state).flatMap(({ passed }) => passed), {
    hashed: false,
    hidden: [pairs],
  });
  return { ...view, attach: (stream) => void (results = stream) };
}

/** Makes the step. Inside a batch, the oldest record of a key comes first. */
function dropEventDuplicatesStep<K, T>(
  withinMs: number,
): StateStep<K, Incoming<T>, readonly number[], PassedRecords<T>> {
  return async ({ change, records, pause }) => {
    const { watermark, byKey, ahead } = arrived(records);
    const { beforeMs, afterMs } = watermark;
    const passed: Timed<T>[] = [];
    let lateCount = ahead.length;
    let keys = 0;
    const forget = (key: unknown, known: readonly number[], isChanged: boolean) => {
      const from = placeOf(known, afterMs - 2 * withinMs);
      if (from === known.length) change.delete(key as K);
      else if (isChanged || from > 0) change.set(key as K, from === 0 ? known : known.slice(from));
      keys += 1;
      return keys % KEYS_PER_PAUSE === 0 ? pause() : undefined;
    };
    for (const [key, incoming] of byKey) {
      let known = change.get(key)?.value ?? [];
      const before = known;
      for (const one of incoming) {
        const [atMs] = one;
        if (atMs + withinMs < beforeMs) {
          lateCount += 1;
          continue;
        }
        const nearest = known[placeOf(known, atMs - withinMs)];
        if (nearest !== undefined && nearest <= atMs + withinMs) continue;
        known = insertTime(known, atMs);
        passed.push(one);
      }
      const pausing = forget(key, known, known !== before);
      if (pausing !== undefined) await pausing;
    }
    for (const key of change.dueUpTo(afterMs)) {
      const pausing = forget(key, change.get(key)?.value ?? [], false);
      if (pausing !== undefined) await pausing;
    }
    return [{ passed, lateCount }];
  };
}

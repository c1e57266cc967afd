// The operator that adds to every record the time of its event.
import { durationMs, onlyFunction, operatorOptions, optionalMs } from '../graph/checked-argument.ts';
import type { StreamNode } from '../graph/stream-node.ts';
import type { StreamOperator } from '../graph/stream-operator.ts';
import { timed, type Timed } from './timed-record.ts';
import { MAX_FUTURE_MS, type TimestampOptions } from './watermark.ts';

/** See `DStream.assignTimestamps`. @throws `MR_GRAPH_INVALID_ARGUMENT`. */
export function timestampsOperator<T>(
  parent: StreamNode<T>,
  timeOf: (record: T) => number,
  given: TimestampOptions,
): StreamOperator<Timed<T>> {
  onlyFunction('assignTimestamps', timeOf);
  const options = operatorOptions('assignTimestamps', given, {
    outOfOrdernessMs: 'any',
    idleAfterMs: 'any',
    idleAdvanceMs: 'any',
    maxFutureMs: 'any',
  });
  optionalMs('assignTimestamps', 'outOfOrdernessMs', options.outOfOrdernessMs);
  optionalMs('assignTimestamps', 'idleAdvanceMs', options.idleAdvanceMs);
  const maxFutureMs = optionalMs('assignTimestamps', 'maxFutureMs', options.maxFutureMs) ?? MAX_FUTURE_MS;
  // Without `idleAfterMs` a source is never idle, and the watermark would never advance by itself.
  const needsIdle = options.idleAfterMs !== undefined || (options.idleAdvanceMs ?? 0) > 0;
  if (needsIdle) durationMs('assignTimestamps', 'idleAfterMs', options.idleAfterMs ?? Number.NaN);
  let stream: StreamNode<Timed<T>> | undefined;
  return {
    kind: 'assignTimestamps',
    parents: [parent],
    attach: (made) => void (stream = made),
    compute: (batchTime) => {
      const isReported = stream?.recordErrorReaction === 'dead-letter';
      const latest = { atMs: batchTime + maxFutureMs, batchTime, isReported };
      return parent.getOrCompute(batchTime)?.map((record): Timed<T> => timed(record, timeOf(record), latest));
    },
  };
}

// Makes the stream of event time of a stream: the function that reads the time of a record, and the first watermark.
import type { DStream } from '../dstream/dstream.ts';
import { durationMs, onlyFunction, operatorOptions, optionalMs } from '../graph/checked-argument.ts';
import type { StreamOperator } from '../graph/stream-operator.ts';
import { EventTimeStream, type StreamMaker } from './event-time-stream.ts';
import { timed, type Timed } from './timed-record.ts';
import { WatermarkClock } from './watermark-clock.ts';
import { MAX_FUTURE_MS, type TimestampOptions } from './watermark.ts';

/** See `DStream.assignTimestamps`. @throws `MR_GRAPH_INVALID_ARGUMENT`. */
export function assignTimestamps<T>(
  parent: DStream<T>,
  timeOf: (record: T) => number,
  work: { readonly options: TimestampOptions; readonly maker: StreamMaker },
): EventTimeStream<T> {
  const { maker } = work;
  onlyFunction('assignTimestamps', timeOf);
  const options = operatorOptions('assignTimestamps', work.options, {
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
  const operator: StreamOperator<Timed<T>> = {
    kind: 'assignTimestamps',
    parents: [parent],
    compute: (batchTime) => {
      const isReported = stream.recordErrorReaction === 'dead-letter';
      const latest = { atMs: batchTime + maxFutureMs, batchTime, isReported };
      return parent.getOrCompute(batchTime)?.map((record): Timed<T> => timed(record, timeOf(record), latest));
    },
  };
  // The watermark and the windows both read this stream: persisting computes the operators before only once.
  const stream: DStream<Timed<T>> = maker.stream(operator).persist();
  const clock = new WatermarkClock([{ timed: stream, options }], maker.stream);
  return new EventTimeStream(stream, clock, maker);
}

// The watermark of a stream with event time, as streams: the newest time of each source in a batch, the state that
// makes a watermark from these times, and the stream of watermarks that windows read and programs may inspect.
import type { DStream } from '../dstream/dstream.ts';
import type { StreamNode } from '../graph/stream-node.ts';
import { perBatch, type StreamOperator } from '../graph/stream-operator.ts';
import { unionOperator } from '../graph/transform-operator.ts';
import { mappedOf, viewOf } from '../state/state-operators.ts';
import { StateStream } from '../state/state-stream.ts';
import type { Timed } from './timed-record.ts';
import { watermarkConditions } from './watermark-conditions.ts';
import { watermarkStep, type SourceClock, type TimestampOptions, type Watermark } from './watermark.ts';

/** Makes a stream out of an operator. */
export type MakeStream = <T>(operator: StreamOperator<T>) => DStream<T>;

/** A place where timestamps were assigned. */
export interface TimestampedSource {
  readonly timed: StreamNode<Timed<unknown>>;
  readonly options: TimestampOptions;
}

/** The watermark of one or several sources. Its streams are made on demand. */
export class WatermarkClock {
  readonly sources: readonly TimestampedSource[];
  readonly #make: MakeStream;
  #watermarks: DStream<Watermark> | undefined;
  #uid: string | undefined;

  constructor(sources: readonly TimestampedSource[], make: MakeStream) {
    this.sources = sources;
    this.#make = make;
  }

  /** The watermark of this clock's sources and of the other clocks' sources. A shared source counts once. */
  with(others: readonly WatermarkClock[]): WatermarkClock {
    const sources = new Set([this, ...others].flatMap((clock) => clock.sources));
    return new WatermarkClock([...sources], this.#make);
  }

  /**
   * See `EventTimeStream.uid`. A source is named after its own watermark, with `.source` at the end: other watermarks
   * over the same source find it by that name.
   */
  uid(uid: string): void {
    const [source, ...others] = this.sources;
    if (others.length === 0) source?.timed.uid(`${uid}.source`);
    this.#uid = uid;
    this.#watermarks?.uid(uid);
  }

  /** One watermark a batch. */
  get watermarks(): DStream<Watermark> {
    if (this.#watermarks !== undefined) return this.#watermarks;
    const made = this.#makeWatermarks();
    this.#watermarks = this.#uid === undefined ? made : made.uid(this.#uid);
    return this.#watermarks;
  }

  #makeWatermarks(): DStream<Watermark> {
    const newest = this.sources.map(({ timed }) =>
      this.#make(perBatch({ kind: 'newestTime', parent: timed, build: (rdd) => newestOf(rdd, timed.id) })),
    );
    const [first] = newest;
    if (first === undefined) throw new TypeError('a watermark needs a source');
    const states = new StateStream<string, number, SourceClock, Watermark>({
      kind: 'watermark',
      parent: newest.length === 1 ? first : this.#make(unionOperator(newest)),
      options: { partitions: 1 },
      step: watermarkStep(this.sources.map(({ timed, options }) => ({ options, id: () => timed.id }))),
      conditions: watermarkConditions(this.sources.map(({ timed }) => timed)),
      beginsWithoutData: true,
      settings: this.sources.flatMap(({ options }) => [
        options.outOfOrdernessMs ?? 0,
        options.idleAfterMs ?? 0,
        options.idleAdvanceMs ?? 0,
      ]),
    });
    return this.#make(viewOf('watermark', states, mappedOf, { hashed: false }));
  }
}

type TimedRdd = NonNullable<ReturnType<StreamNode<Timed<unknown>>['getOrCompute']>>;

/** The newest time of each partition with records, so that one number moves instead of all records. */
function newestOf(rdd: TimedRdd, source: string) {
  return rdd
    .aggregatePartitions<number | undefined>(
      () => undefined,
      (newest, [atMs]) => (newest === undefined || atMs > newest ? atMs : newest),
    )
    .flatMap((newest): [string, number][] => (newest === undefined ? [] : [[source, newest]]));
}

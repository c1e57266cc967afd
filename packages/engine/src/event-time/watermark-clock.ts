// The watermark of a stream with event time, as streams: the newest time of each source in a batch, the state that
// makes a watermark from these times, and the stream of watermarks that windows read and programs may inspect.
import type { BatchTime } from '@millrace/core';
import type { StreamNode } from '../graph/stream-node.ts';
import { type MakeStream, perBatch, type StreamOperator } from '../graph/stream-operator.ts';
import { withSuffix, type UidOptions } from '../graph/stream-uids.ts';
import { unionOperator } from '../graph/transform-operator.ts';
import { mappedOf, viewOf } from '../state/state-operators.ts';
import { StateStream } from '../state/state-stream.ts';
import { AHEAD, type Timed } from './timed-record.ts';
import { watermarkConditions } from './watermark-conditions.ts';
import { MAX_FUTURE_MS, WATERMARK, watermarkStep, type SourceClock, type SourceNews, type TimestampOptions, type Watermark, type WatermarkBatch } from './watermark.ts'; // prettier-ignore

/** Makes the streams of a clock. `S`: the stream of watermarks, as programs inspect it. */
export interface ClockMaker<out S> {
  readonly stream: MakeStream;
  readonly watermarks: (operator: StreamOperator<Watermark>) => S;
}

/** A place where timestamps were assigned. */
export interface TimestampedSource {
  readonly timed: StreamNode<Timed<unknown>>;
  readonly options: TimestampOptions;
  /** The clock that reports records ahead of the source, so that several clocks of a source report them once. */
  reporter?: WatermarkClock;
}

/** The watermark of one or several sources. Its streams are made on demand. */
export class WatermarkClock<out S extends StreamNode<Watermark> = StreamNode<Watermark>> {
  readonly sources: readonly TimestampedSource[];
  readonly #maker: ClockMaker<S>;
  #watermarks: S | undefined;
  #name: { readonly uid: string; readonly options: UidOptions } | undefined;

  constructor(sources: readonly TimestampedSource[], maker: ClockMaker<S>) {
    this.sources = sources;
    this.#maker = maker;
  }

  /** The watermark of this clock's sources and of the other clocks' sources. A shared source counts once. */
  with(others: readonly WatermarkClock[]): WatermarkClock<S> {
    const sources = new Set([this, ...others].flatMap((clock) => clock.sources));
    return new WatermarkClock([...sources], this.#maker);
  }

  /** True when all sources of another clock are sources of this one. */
  covers(other: WatermarkClock): boolean {
    return other.sources.every((source) => this.sources.includes(source));
  }

  /**
   * See `EventTimeStream.uid`. A source is named after its own watermark, with `.source` at the end: other watermarks
   * over the same source find it by that name.
   */
  uid(uid: string, options: UidOptions): void {
    const [source, ...others] = this.sources;
    if (others.length === 0) source?.timed.uid(`${uid}.source`, withSuffix(options, '.source'));
    this.#name = { uid, options };
    this.#watermarks?.uid(uid, options);
  }

  /** One watermark a batch. */
  get watermarks(): S {
    if (this.#watermarks !== undefined) return this.#watermarks;
    const made = this.#makeWatermarks();
    this.#watermarks = this.#name === undefined ? made : made.uid(this.#name.uid, this.#name.options);
    return this.#watermarks;
  }

  #makeWatermarks(): S {
    const make = this.#maker.stream;
    const newest = this.sources.map(({ timed }) =>
      make(perBatch({ kind: 'newestTime', parent: timed, build: (rdd) => newsOf(rdd, timed.id) })),
    );
    const [first] = newest;
    if (first === undefined) throw new TypeError('a watermark needs a source');
    for (const source of this.sources) source.reporter ??= this;
    const states: StateStream<string, SourceNews, SourceClock, WatermarkBatch> = new StateStream<
      string,
      SourceNews,
      SourceClock,
      WatermarkBatch
    >({
      kind: 'watermark',
      parent: newest.length === 1 ? first : make(unionOperator(newest)),
      options: { partitions: 1 },
      step: watermarkStep(
        this.sources.map(({ timed, options }) => ({
          options,
          id: () => timed.id,
          formerIds: () => timed.formerIds,
        })),
      ),
      conditions: watermarkConditions(this.sources.map(({ timed }) => timed)),
      beginsWithoutData: true,
      isInternal: true,
      settings: this.sources.flatMap(({ options }) => [
        options.outOfOrdernessMs ?? 0,
        options.idleAfterMs ?? 0,
        options.idleAdvanceMs ?? 0,
        options.maxFutureMs ?? MAX_FUTURE_MS,
      ]),
      counted: {
        // The state has one partition, so the watermark, a number like a count, is added to nothing.
        count: (batches) => batches.flatMap(({ ahead, watermark }) => [...ahead, ...advanced(watermark)]),
        tell: (batchTime, counts) => {
          this.#reportAhead(first, batchTime, counts);
          this.#reportAdvanced(states, batchTime, counts.get(WATERMARK));
        },
      },
    });
    const watermarks = viewOf(
      'watermark',
      states,
      (state) => mappedOf(state).map(({ watermark }) => watermark),
      {
        hashed: false,
      },
    );
    return this.#maker.watermarks(watermarks);
  }

  #reportAdvanced(
    { scope, shownId: stream }: StreamNode<unknown>,
    batchTime: BatchTime,
    watermarkMs: number | undefined,
  ): void {
    if (watermarkMs === undefined) return;
    scope.publish('watermark:advanced', { watermark: { batchTime, stream, watermarkMs } });
  }

  #reportAhead(
    { scope }: StreamNode<unknown>,
    batchTime: BatchTime,
    counts: ReadonlyMap<string, number>,
  ): void {
    for (const { timed, reporter } of this.sources) {
      const recordCount = counts.get(timed.id) ?? 0;
      if (reporter !== this || recordCount === 0) continue;
      scope.publish('records:ahead', { ahead: { batchTime, stream: timed.id, recordCount } });
    }
  }
}

/** The watermark of a batch in which the watermark moved, under its name. */
function advanced({ beforeMs, afterMs }: Watermark): [name: string, watermarkMs: number][] {
  return afterMs > beforeMs ? [[WATERMARK, afterMs]] : [];
}

type TimedRdd = NonNullable<ReturnType<StreamNode<Timed<unknown>>['getOrCompute']>>;

/** The news of each partition with records, so that one report moves instead of all records. */
function newsOf(rdd: TimedRdd, source: string) {
  return rdd
    .aggregatePartitions(
      () => ({ newestMs: Number.NEGATIVE_INFINITY, aheadCount: 0 }),
      (news, [atMs]) => {
        if (atMs === AHEAD) news.aheadCount += 1;
        else if (atMs > news.newestMs) news.newestMs = atMs;
        return news;
      },
    )
    .flatMap(({ newestMs, aheadCount }): [string, SourceNews][] => {
      const isSilent = newestMs === Number.NEGATIVE_INFINITY;
      if (isSilent && aheadCount === 0) return [];
      return [[source, { newestMs: isSilent ? null : newestMs, aheadCount }]];
    });
}

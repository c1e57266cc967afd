// Limits receivers to the capacity of the jobs. The controller gets every event of every batch, inside the scheduler's
// own call, so that no event is lost on a queue; an event costs a few numbers per stream.
//
//   completed  each stream of the batch is measured, and its new rate goes to the receiver through the tracker
//   submitted  a batch that runs for longer than its interval shows already that the rates are too high: rates go down
//              while the batch runs. The first batch may be far too large, and its end would be too late.
import type {
  BatchInfo,
  BatchMeasurement,
  BatchTime,
  Clock,
  Logger,
  RateEstimatorFactory,
  ReceiverRateInfo,
  StreamId,
  StreamInputInfo,
  StreamingEvents,
  StreamingListener,
} from '@millrace/core';
import type { RateLimit } from '@millrace/core/engine';
import type { Holdings } from '../holdings.ts';
import type { BackPressureOptions } from './back-pressure-options.ts';
import { StreamRate } from './stream-rate.ts';

/** The least change that is worth a message, as a share. */
const WORTH_TELLING = 0.01;

/** A stream that brought this share of its rate counts as limited by the rate. */
const HELD_BACK = 0.9;

/** The collaborators of a `RateController`. */
export interface RateControllerDeps {
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly log: Logger;
  readonly publish: (event: 'receiver:rate-changed', value: { readonly rate: ReceiverRateInfo }) => void;
  readonly estimators: RateEstimatorFactory;
  /** The streams that have receivers. */
  readonly streamIds: readonly StreamId[];
  readonly batchIntervalMs: number;
  readonly options: BackPressureOptions;
  /** The hard limits per receiver and second, 0 for none. */
  readonly maxRate: number;
  readonly maxBytesPerSecond: number;
  /** Sets the limit of a receiver. */
  readonly setLimit: (streamId: StreamId, limit: RateLimit) => void;
}

/** Controls the rates of all receivers of one driver. */
export class RateController implements StreamingListener {
  readonly #deps: RateControllerDeps;
  readonly #rates: ReadonlyMap<StreamId, StreamRate>;
  readonly #told = new Map<StreamId, RateLimit>();
  /** Batches with a started job that are not done; at most the number of jobs that may run at once. */
  readonly #running = new Map<BatchTime, { readonly batch: BatchInfo; readonly sinceMs: number }>();
  /** Batches that were as large as rates allowed, until a later batch is done. */
  readonly #heldBack = new Set<BatchTime>();

  constructor(deps: RateControllerDeps) {
    const { batchIntervalMs, options, estimators } = deps;
    const { initialRate } = options;
    this.#deps = deps;
    this.#rates = new Map(
      deps.streamIds.map((streamId) => {
        const estimator = estimators.create({ batchIntervalMs, initialRate });
        return [streamId, new StreamRate({ ...deps, ...options, estimator })];
      }),
    );
  }

  /** Sets the initial rates. To be called before receivers are started, so that the first batch has a limit. */
  begin(): void {
    for (const streamId of this.#rates.keys()) this.#tell(streamId, { cause: 'initial' });
  }

  onEvent<K extends keyof StreamingEvents>(event: K, value: StreamingEvents[K]): void {
    if (!('batch' in value)) return;
    const { batch } = value;
    if (event === 'batch:submitted') {
      if (this.#isHeldBack(batch)) this.#heldBack.add(batch.batchTime);
      this.#checkOverdue();
    } else if (event === 'batch:started') this.#started(batch);
    else if (event === 'batch:completed') {
      this.#running.delete(batch.batchTime);
      for (const time of this.#heldBack) if (time < batch.batchTime) this.#heldBack.delete(time);
      this.#measure(batch);
    }
  }

  /** The amounts of the controller, see `Holdings`. */
  get holdings(): Holdings {
    return { underWay: { 'rates.runningBatches': this.#running.size }, kept: {} };
  }

  /** True when a batch would have been larger without this controller: its sources brought as much as allowed. */
  wasHeldBack(batchTime: BatchTime): boolean {
    return this.#heldBack.has(batchTime);
  }

  /** A stream at the hard limit is limited by the user, not by the jobs. */
  #isHeldBack({ inputs }: BatchInfo): boolean {
    const { batchIntervalMs, maxRate } = this.#deps;
    return [...inputs.values()].some(({ streamId, recordCount }) => {
      const { recordsPerSecond = Infinity } = this.#told.get(streamId) ?? {};
      const isOurs = maxRate === 0 || recordsPerSecond < maxRate;
      return isOurs && recordCount >= (HELD_BACK * recordsPerSecond * batchIntervalMs) / 1_000;
    });
  }

  #started(batch: BatchInfo): void {
    this.#running.set(batch.batchTime, { batch, sinceMs: this.#deps.clock.monotonicMs() });
  }

  #checkOverdue(): void {
    const nowMs = this.#deps.clock.monotonicMs();
    for (const { batch, sinceMs } of this.#running.values()) {
      const { batchTime, inputs } = batch;
      const ranForMs = nowMs - sinceMs;
      if (ranForMs <= this.#deps.batchIntervalMs) continue;
      for (const { streamId, recordCount } of inputs.values()) {
        this.#rates.get(streamId)?.overdue(recordCount, ranForMs);
        this.#tell(streamId, { cause: 'overdue-batch', batchTime });
      }
    }
  }

  /** A batch that failed, or with a repeated attempt, took a time that is not the cost of its records. */
  #measure(batch: BatchInfo): void {
    const isPlain = batch.outputOperations.every(({ attempts }) => attempts <= 1);
    if (batch.outcome !== 'succeeded' || !isPlain) return this.#forgetOverdue(batch);
    const measured = [...batch.inputs.values()].filter(hasInput).flatMap((input) => {
      const rate = this.#rates.get(input.streamId);
      rate?.measure(measurementOf(batch, input, this.#deps.clock.monotonicMs()));
      return rate === undefined ? [] : [{ streamId: input.streamId, rate }];
    });
    const total = measured.reduce((sum, { rate }) => sum + rate.estimate, 0);
    for (const { streamId, rate } of measured) {
      rate.setFairShare(total / measured.length);
      this.#tell(streamId, { cause: 'estimate', batchTime: batch.batchTime });
    }
  }

  #forgetOverdue({ inputs, batchTime }: BatchInfo): void {
    for (const { streamId } of inputs.values()) {
      this.#rates.get(streamId)?.notOverdue();
      this.#tell(streamId, { cause: 'estimate', batchTime });
    }
  }

  #tell(streamId: StreamId, why: Pick<ReceiverRateInfo, 'cause' | 'batchTime'>): void {
    const limit = this.#rates.get(streamId)?.limit;
    if (limit === undefined || !isNews(limit, this.#told.get(streamId))) return;
    this.#told.set(streamId, limit);
    this.#deps.setLimit(streamId, limit);
    this.#deps.publish('receiver:rate-changed', { rate: { streamId, ...limit, ...why } });
    this.#deps.log.debug('receiver rate changed', { streamId, ...limit, ...why });
  }
}

function hasInput({ recordCount, sizeBytes }: StreamInputInfo): boolean {
  return recordCount > 0 || sizeBytes > 0;
}

function measurementOf(
  batch: BatchInfo,
  { recordCount, sizeBytes }: StreamInputInfo,
  processingEndMs: number,
): BatchMeasurement {
  const { batchTime, phases, isRerun, schedulingDelayMs = 0 } = batch;
  // The time without a driver is no lag of this driver.
  const lagMs = isRerun ? 0 : phases.generatorLagMs + phases.allocateMs + phases.generateMs;
  return {
    batchTime,
    processingEndMs,
    recordCount,
    sizeBytes,
    processingDelayMs: batch.processingDelayMs ?? 0,
    schedulingDelayMs: schedulingDelayMs + lagMs,
  };
}

function isNews(limit: RateLimit, told: RateLimit | undefined): boolean {
  if (told === undefined) return true;
  return (
    differs(limit.recordsPerSecond, told.recordsPerSecond) ||
    differs(limit.bytesPerSecond ?? 0, told.bytesPerSecond ?? 0)
  );
}

function differs(value: number, other: number): boolean {
  return Math.abs(value - other) > WORTH_TELLING * Math.max(value, other);
}

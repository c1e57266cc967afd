// How fast a receiver should be, judged from how the last batch went.
import type { BatchTime } from './identifiers.ts';
import { portToken } from './port-token.ts';

/** How one batch went for one stream. Durations in milliseconds. */
export interface BatchMeasurement {
  readonly batchTime: BatchTime;
  /** When the batch was done, in milliseconds of monotonic time: differences mean something, the start does not. */
  readonly processingEndMs: number;
  /** Records of this stream in the batch. */
  readonly recordCount: number;
  /** Bytes of this stream in the batch. */
  readonly sizeBytes: number;
  readonly processingDelayMs: number;
  /** From the batch time to the first job: the lag of the driver counts, for it grows when batches queue up. */
  readonly schedulingDelayMs: number;
}

/** Estimates for one stream; keeps what it needs between batches. */
export interface RateEstimator {
  /**
   * The rate in records per second, or undefined for no change. Called once per completed batch, in batch order.
   */
  next(measurement: BatchMeasurement): number | undefined;
}

/** Makes one estimator per receiver stream. */
export interface RateEstimatorFactory {
  /** Printed by `describe()`. */
  readonly name: string;
  /**
   * Makes the estimator of one stream for batches of this length. `initialRate` is what the receiver may store per
   * second until there is an estimate, in records; absent: it has no limit.
   */
  create(options: { readonly batchIntervalMs: number; readonly initialRate?: number }): RateEstimator;
}

/** The token of the factory. Shipped: `CapacityRateEstimatorFactory` (default); others in @millrace/scheduling. */
export const RateEstimatorFactory = portToken<RateEstimatorFactory>('RateEstimatorFactory');

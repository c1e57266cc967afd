// The rate of a receiver, estimated from the measurements of completed batches.
import type { BatchTime } from './identifiers.ts';
import { portToken } from './port-token.ts';

/** The measurements of one batch for one stream. Durations in milliseconds. */
export interface BatchMeasurement {
  readonly batchTime: BatchTime;
  /** The end of processing, in milliseconds of monotonic time: differences are meaningful, the origin is not. */
  readonly processingEndMs: number;
  /** Records of this stream in the batch. */
  readonly recordCount: number;
  /** Bytes of this stream in the batch. */
  readonly sizeBytes: number;
  readonly processingDelayMs: number;
  /**
   * From the batch time to the first job. Includes the lag of the driver, because that lag grows when batches queue up.
   */
  readonly schedulingDelayMs: number;
}

/** Estimates the rate of one stream; may hold state between batches. */
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
   * Makes the estimator of one stream for batches of this interval. `initialRate` is the receiver's limit in records
   * per second until the first estimate; absent: no limit.
   */
  create(options: { readonly batchIntervalMs: number; readonly initialRate?: number }): RateEstimator;
}

/**
 * The token of the factory. Shipped: `CapacityRateEstimatorFactory` (default); further factories in
 * @millrace/scheduling.
 */
export const RateEstimatorFactory = portToken<RateEstimatorFactory>('RateEstimatorFactory');

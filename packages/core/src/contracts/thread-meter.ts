// Measures the thread of a driver or an executor for the gauges. A port, so that a test shows a busy thread without
// keeping one busy.
import type { ThreadReading } from './engine-gauges.ts';
import { portToken } from './port-token.ts';

/** Measures the thread that calls. One for each engine and executor. */
export interface ThreadMeter {
  /**
   * The thread now, and the delays of its event loop since the call before. The first call begins to measure delays; an
   * engine whose gauges nobody reads pays nothing.
   */
  read(): ThreadReading;
}

/** The token of the meter. Shipped: `NodeThreadMeter` (default). */
export const ThreadMeter = portToken<ThreadMeter>('ThreadMeter');

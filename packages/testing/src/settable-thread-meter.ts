// A thread for tests of observers: figures that the test sets, so that a busy thread is shown without keeping one busy.
import type { ThreadMeter } from '@millrace/core/engine';
import type { ThreadReading } from '@millrace/core/observation';

/** A meter whose next reading is `reading`. Default: an idle thread of a small process. */
export class SettableThreadMeter implements ThreadMeter {
  /** The next readings. */
  reading: ThreadReading = {
    loopDelay: { p50Ms: 0, p95Ms: 0, maxMs: 0 },
    heapUsedBytes: 10_000_000,
    heapLimitBytes: 100_000_000,
    residentBytes: 50_000_000,
    cpuMs: 0,
  };
  /** The number of readings so far. */
  reads = 0;

  read(): ThreadReading {
    this.reads += 1;
    return this.reading;
  }
}

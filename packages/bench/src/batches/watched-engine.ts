// An engine in real time with observed batches: the waiting time before processing, the processing time, and the sum of
// both.
import { setTimeout as pause } from 'node:timers/promises';
import type { BatchInfo } from '@millrace/core';
import { asError } from '@millrace/core/engine';
import type { StreamingContext } from '@millrace/engine';
import { LatencyRecorder } from '@millrace/harness';

/** The delays of batches that completed during the observation. */
export class BatchDelays {
  /** From the batch time to the start of processing: the driver's own lag and work, and waiting for earlier batches. */
  readonly scheduling = new LatencyRecorder();
  readonly processing = new LatencyRecorder();
  /** From the batch time to the end of processing. */
  readonly total = new LatencyRecorder();
  /** The same without the lag of the timer: from the tick to the end. */
  readonly fromTick = new LatencyRecorder();
  records = 0;
  batches = 0;

  /** Counts a batch. */
  add({ phases, recordCount }: BatchInfo): void {
    const { generatorLagMs, allocateMs, generateMs, queueMs, processMs } = phases;
    const fromTick = allocateMs + generateMs + queueMs + processMs;
    this.scheduling.record(generatorLagMs + allocateMs + generateMs + queueMs);
    this.processing.record(processMs);
    this.total.record(generatorLagMs + fromTick);
    this.fromTick.record(fromTick);
    this.records += recordCount;
    this.batches += 1;
  }
}

/** A running engine. */
export class WatchedEngine {
  readonly #ssc: StreamingContext;
  #watching: BatchDelays | undefined;
  #failure: Error | undefined;

  /** @param ssc A program that has not been started. */
  constructor(ssc: StreamingContext) {
    this.#ssc = ssc;
    ssc.on('batch:completed', ({ batch }) => this.#watching?.add(batch));
  }

  /** Starts the engine and lets it warm up. */
  async start(warmUpMs: number): Promise<void> {
    await this.#ssc.start();
    this.#ssc.awaitTermination().catch((error: unknown) => {
      this.#failure = asError(error);
    });
    await pause(warmUpMs);
  }

  /** Observes the batches completed during this time, and a little longer when there are none. */
  async watch(durationMs: number): Promise<BatchDelays> {
    const delays = new BatchDelays();
    this.#watching = delays;
    await pause(durationMs);
    for (let waits = 0; delays.batches === 0 && this.#failure === undefined && waits < 300; waits += 1) {
      await pause(100);
    }
    this.#watching = undefined;
    if (this.#failure !== undefined) throw this.#failure;
    if (delays.batches === 0) throw new Error('no batch completed in half a minute');
    return delays;
  }

  /** Stops the engine at once. */
  async close(): Promise<void> {
    await this.#ssc.stop({ graceful: false });
  }
}

// One run of a workload: assembles an engine, defines the program, puts the load on the engine, and stops the engine
// gracefully.
import {
  type BatchInfo,
  pluginModule,
  definePlugin,
  Logger,
  NoopLogger,
  noOptions,
  ReceivedBlockHandler,
  SeededRandom,
} from '@millrace/core';
import { assembleEngine, formatStopReport, type DStream, type StreamingContext } from '@millrace/engine';
import { KeyChooser } from '../load/key-chooser.ts';
import { OpenLoopSource } from '../load/open-loop-source.ts';
import { machine } from './machine.ts';
import { accountOf, type PartitionAccount } from './record-account.ts';
import { watchHandler } from './watch-handler.ts';
import type { ResolvedWorkload, WorkloadRecord } from './workload-config.ts';
import { WorkloadMeasurements } from './workload-measurements.ts';
import type { WorkloadReport } from './workload-report.ts';

/** The progress of a run. */
export interface WorkloadProgress {
  readonly phase: 'warming up' | 'measuring' | 'stopping';
  /** Time since the start, including the warm-up. */
  readonly elapsedMs: number;
  readonly totalMs: number;
  readonly sent: number;
  readonly processed: number;
}

const PROGRESS_MS = 200;
/** A stop that takes longer leaves data behind, and the report says so. */
const STOP_MS = 60_000;

/** A run; for a single use. */
export class WorkloadRun {
  readonly #asked: ResolvedWorkload;
  readonly #sources: readonly OpenLoopSource<WorkloadRecord>[];
  readonly #ssc: StreamingContext;
  readonly #engine: string;
  readonly #measured: WorkloadMeasurements;
  readonly #startedAt = new Date().toISOString();
  /** Accounts of partitions until their batch completes. */
  readonly #accounts = new Map<number, readonly PartitionAccount[]>();
  #receiverErrors = 0;
  #failure: { readonly error: unknown } | undefined;

  constructor(asked: ResolvedWorkload) {
    this.#asked = asked;
    this.#measured = new WorkloadMeasurements(asked, () => this.#sent());
    const hasLogger = asked.plugins.some((plugin) => plugin.provides.includes(Logger));
    const engine = assembleEngine([...asked.plugins, ...(hasLogger ? [] : [silent()])]);
    this.#engine = engine.describe();
    watchHandler(engine.ports.get(ReceivedBlockHandler), {
      onCut: (waitedMs, records) => this.#measured.record('block', waitedMs, records),
      onStored: (tookMs, block) => this.#measured.onStored(tookMs, block.sizeBytes),
    });
    const { name, batchIntervalMs } = asked;
    this.#ssc = engine.streamingContext({ ...asked.engine, appName: name, batchIntervalMs });
    this.#sources = Array.from({ length: asked.load.receivers }, (_, receiver) => this.#sourceOf(receiver));
    this.#defineProgram();
    this.#ssc.on('batch:completed', ({ batch }) => this.#onCompleted(batch));
    this.#ssc.on('receiver:error', () => void (this.#receiverErrors += 1));
  }

  /** Starts the engine and the load. */
  async start(): Promise<void> {
    await this.#ssc.start();
    this.#ssc.awaitTermination().catch((error: unknown) => (this.#failure = { error }));
  }

  /** Warms up, then measures. */
  async load(
    signal: AbortSignal | undefined,
    onProgress: (progress: WorkloadProgress) => void,
  ): Promise<void> {
    const { warmUpMs, durationMs } = this.#asked;
    const startedMs = performance.now();
    const tell = (phase: WorkloadProgress['phase']) =>
      onProgress({
        phase,
        elapsedMs: performance.now() - startedMs,
        totalMs: warmUpMs + durationMs,
        sent: this.#sent(),
        processed: this.#measured.processed,
      });
    await this.#wait(warmUpMs, signal, () => tell('warming up'));
    this.#measured.begin();
    await this.#wait(durationMs, signal, () => tell('measuring'));
    this.#measured.end();
    tell('stopping');
  }

  /** Releases all resources after a failure. */
  async abandon(): Promise<void> {
    this.#measured.abandon();
    await this.#ssc.stop({ graceful: false });
  }

  /** Ends the load, stops the engine, and makes the report. */
  async finish(wasInterrupted: boolean): Promise<WorkloadReport> {
    for (const source of this.#sources) source.end();
    await this.#delivered();
    const stop = await this.#ssc.stop({ graceful: true, deadlineMs: STOP_MS });
    if (this.#failure !== undefined) throw this.#failure.error;
    const { name, batchIntervalMs, load, durationMs, warmUpMs } = this.#asked;
    const { measuredMs, throughput, records, batches, phases, cost, timeLine } = this.#measured.report();
    return {
      format: 1,
      asked: { name, batchIntervalMs, load, durationMs, warmUpMs },
      engine: this.#engine,
      machine: machine(),
      node: process.version,
      startedAt: this.#startedAt,
      wasInterrupted,
      measuredMs,
      throughput,
      records,
      batches,
      failures: this.#sources.reduce((sum, source) => sum + source.failures, 0),
      receiverErrors: this.#receiverErrors,
      phases,
      cost,
      stop: formatStopReport(stop),
      timeLine,
    };
  }

  #sourceOf(receiver: number): OpenLoopSource<WorkloadRecord> {
    const { recordsPerSecond, receivers, recordBytes, keys, skew, seed, burst, failEveryMs } =
      this.#asked.load;
    const chooser = new KeyChooser({ keys, skew }, new SeededRandom(seed + receiver));
    const payload = 'x'.repeat(recordBytes);
    const share = recordsPerSecond / receivers;
    return new OpenLoopSource<WorkloadRecord>({
      shape: { recordsPerSecond: share, ...(burst === undefined ? {} : { burst }) },
      makeRecord: (index, { intendedMs, storedMs }) => {
        this.#measured.record('receive', storedMs - intendedMs);
        return { key: `key-${chooser.next()}`, payload, receiver, index, intendedMs, storedMs };
      },
      ...(failEveryMs === undefined ? {} : { failEveryMs }),
    });
  }

  /** Defines two outputs: the account of records, and the measured program. */
  #defineProgram(): void {
    const { program = countByKey, output = () => undefined } = this.#asked;
    const streams = this.#sources.map((source) => this.#ssc.receiverStream(source.receiver()));
    // bounded: the streams of a workload
    const records = this.#ssc.union(...streams);
    records
      .mapPartitions((partition) => [accountOf(partition)])
      .foreachRDD(async (rdd, { batchTime }) => void this.#accounts.set(batchTime, await rdd.collect()));
    program(records).foreachRDD(async (rdd, { batchTime }) => {
      const results = await rdd.collect();
      const fromMs = performance.now();
      await output(results, batchTime);
      this.#measured.record('output', performance.now() - fromMs);
    });
  }

  #onCompleted(batch: BatchInfo): void {
    const accounts = this.#accounts.get(batch.batchTime) ?? [];
    this.#accounts.delete(batch.batchTime);
    this.#measured.onCompleted(batch, accounts);
  }

  #sent(): number {
    return this.#sources.reduce((sum, source) => sum + source.sent, 0);
  }

  /**
   * Waits, for a limited time, until due records are stored and acknowledged: a stop processes stored records, not
   * waiting ones.
   */
  async #delivered(): Promise<void> {
    const patientUntilMs = performance.now() + STOP_MS / 2;
    const isWaiting = () => this.#sources.some((source) => source.pending > 0);
    while (isWaiting() && this.#failure === undefined && performance.now() < patientUntilMs) await pause(10);
  }

  async #wait(durationMs: number, signal: AbortSignal | undefined, tell: () => void): Promise<void> {
    const untilMs = performance.now() + durationMs;
    for (
      let leftMs = durationMs;
      leftMs > 0 && signal?.aborted !== true;
      leftMs = untilMs - performance.now()
    ) {
      await pause(Math.min(leftMs, PROGRESS_MS));
      if (this.#failure !== undefined) throw this.#failure.error;
      tell();
    }
  }
}

const silent = definePlugin({
  name: 'millrace-bench-silence',
  version: '1.0.0',
  contract: 1,
  provides: [Logger],
  optionsSchema: noOptions,
  module: () => pluginModule((bind) => void bind(Logger).toConstantValue(new NoopLogger())),
});

function countByKey(records: DStream<WorkloadRecord>): DStream<unknown> {
  return records.map(({ key }): [string, number] => [key, 1]).reduceByKey((left, right) => left + right);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

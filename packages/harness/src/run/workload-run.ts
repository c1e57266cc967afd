// One run of a workload: assembles an engine, defines the program, puts the load on the engine, and stops the engine
// gracefully.
import { setTimeout as pause } from 'node:timers/promises';
import {
  type BatchInfo,
  ExecutorBackend,
  pluginModule,
  definePlugin,
  Logger,
  NoopLogger,
  noOptions,
  type Plugin,
  ReceivedBlockHandler,
  SeededRandom,
} from '@millrace/core';
import { assembleEngine, formatStopReport, type DStream, type StreamingContext } from '@millrace/engine';
import { threads } from '@millrace/threads';
import { KeyChooser } from '../load/key-chooser.ts';
import { OpenLoopSource } from '../load/open-loop-source.ts';
import { type LoadControl, type LoadListener, LoadSide, watchBlocks } from './load-side.ts';
import { machine } from './machine.ts';
import { accountOf, type PartitionAccount } from './record-account.ts';
import { RemoteLoad, ThreadReporter } from './thread-channel.ts';
import { ownReceivers, type ResolvedWorkload, type WorkloadRecord } from './workload-config.ts';
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
/** The time for the last messages of threads. */
const MESSAGES_MS = 50;

/** A run; for a single use. */
export class WorkloadRun {
  readonly #asked: ResolvedWorkload;
  readonly #sources: readonly OpenLoopSource<WorkloadRecord>[];
  readonly #ssc: StreamingContext;
  readonly #engine: string;
  readonly #measured: WorkloadMeasurements;
  readonly #load: LoadControl;
  readonly #listener: LoadListener;
  readonly #startedAt = new Date().toISOString();
  /** Accounts of partitions until their batch completes. */
  readonly #accounts = new Map<number, readonly PartitionAccount[]>();
  #receiverErrors = 0;
  #failure: { readonly error: unknown } | undefined;

  constructor(asked: ResolvedWorkload) {
    this.#asked = asked;
    this.#measured = new WorkloadMeasurements(asked, () => this.#sent());
    const engine = assembleEngine(pluginsOf(asked));
    this.#engine = engine.describe();
    const { name, batchIntervalMs, master } = asked;
    this.#ssc = engine.streamingContext({ ...asked.engine, appName: name, batchIntervalMs, master });
    // Every thread has a copy of the run; the copies beside the driver report to the driver.
    const reporter = this.#ssc.isDriver ? undefined : new ThreadReporter(name);
    this.#listener = reporter ?? this.#measured;
    watchBlocks(engine.ports.get(ReceivedBlockHandler), this.#listener);
    this.#sources = Array.from({ length: asked.load.receivers }, (_, receiver) => this.#sourceOf(receiver));
    const side = new LoadSide(this.#sources);
    reporter?.report(side);
    const isOnThreads = master !== 'local' && reporter === undefined;
    this.#load = isOnThreads ? new RemoteLoad(name, this.#measured) : side;
    this.#defineProgram();
    this.#ssc.on('batch:completed', ({ batch }) => this.#onCompleted(batch));
    this.#ssc.on('receiver:rate-changed', ({ rate: { streamId, recordsPerSecond } }) =>
      this.#measured.onLimit(streamId, recordsPerSecond),
    );
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
        sent: this.#measured.sent,
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
    this.#load.close();
    await this.#ssc.stop({ graceful: false });
  }

  /** Ends the load, stops the engine, and makes the report. */
  async finish(wasInterrupted: boolean): Promise<WorkloadReport> {
    this.#load.end();
    await this.#delivered();
    const stop = await this.#ssc.stop({ graceful: true, deadlineMs: STOP_MS });
    // The last messages of threads may still be on their way.
    if (this.#load instanceof RemoteLoad) await pause(MESSAGES_MS);
    this.#load.close();
    if (this.#failure !== undefined) throw this.#failure.error;
    const { name, batchIntervalMs, load, durationMs, warmUpMs, master } = this.#asked;
    const receivers = ownReceivers(this.#asked).map((receiver) => receiver.name);
    const { measuredMs, throughput, records, batches, phases, cost, timeLine, moments } =
      this.#measured.report();
    return {
      format: 1,
      asked: {
        name,
        batchIntervalMs,
        load,
        durationMs,
        warmUpMs,
        master,
        ...(receivers.length === 0 ? {} : { receivers }),
      },
      engine: this.#engine,
      machine: machine(),
      node: process.version,
      startedAt: this.#startedAt,
      wasInterrupted,
      measuredMs,
      throughput,
      records,
      batches,
      failures: this.#load.states().reduce((sum, { failures }) => sum + failures, 0),
      receiverErrors: this.#receiverErrors,
      phases,
      cost,
      stop: formatStopReport(stop),
      timeLine,
      ...(moments === undefined ? {} : { moments }),
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
        this.#listener.onDelay('receive', storedMs - intendedMs, 1);
        return { key: `key-${chooser.next()}`, payload, receiver, index, intendedMs, storedMs };
      },
      ...(failEveryMs === undefined ? {} : { failEveryMs }),
    });
  }

  /** Defines two outputs: the account of records, and the measured program. */
  #defineProgram(): void {
    const { program, output = () => undefined } = this.#asked;
    const own = ownReceivers(this.#asked);
    if (own.length > 0) {
      // bounded: the receivers of a config
      const records = this.#ssc.union(...own.map((receiver) => this.#ssc.receiverStream(receiver)));
      // The type of the records is known to the author of the config alone.
      this.#measure((program ?? countAll)(records as DStream<never>), output);
      return;
    }
    const streams = this.#sources.map((source) => this.#ssc.receiverStream(source.receiver()));
    // bounded: the streams of a workload
    const records = this.#ssc.union(...streams);
    records
      .mapPartitions((partition) => [accountOf(partition)])
      .foreachRDD(async (rdd, { batchTime }) => void this.#accounts.set(batchTime, await rdd.collect()));
    this.#measure((program ?? countByKey)(records), output);
  }

  #measure(results: DStream<unknown>, output: NonNullable<ResolvedWorkload['output']>): void {
    results.foreachRDD(async (rdd, { batchTime }) => {
      const collected = await rdd.collect();
      const fromMs = performance.now();
      await output(collected, batchTime);
      this.#measured.record('output', performance.now() - fromMs);
    });
  }

  #onCompleted(batch: BatchInfo): void {
    const accounts = this.#accounts.get(batch.batchTime) ?? [];
    this.#accounts.delete(batch.batchTime);
    this.#measured.onCompleted(batch, accounts);
  }

  #sent(): number {
    return this.#load.states().reduce((sum, { sent }) => sum + sent, 0);
  }

  /**
   * Waits, for a limited time, until due records are stored and acknowledged: a stop processes stored records, not
   * waiting ones.
   */
  async #delivered(): Promise<void> {
    const patientUntilMs = performance.now() + STOP_MS / 2;
    const isWaiting = () => this.#load.states().some(({ pending, isEnded }) => pending > 0 || !isEnded);
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

/** The plugins of a run: threads when the master needs them, and no output of the engine between the results. */
function pluginsOf({ plugins, master }: ResolvedWorkload): readonly Plugin[] {
  const provided = new Set(plugins.flatMap((plugin) => plugin.provides));
  return [
    ...plugins,
    ...(provided.has(Logger) ? [] : [silent()]),
    ...(master === 'local' || provided.has(ExecutorBackend) ? [] : [threads()]),
  ];
}

function countAll(records: DStream<unknown>): DStream<unknown> {
  return records.count();
}

function countByKey(records: DStream<WorkloadRecord>): DStream<unknown> {
  return records.map(({ key }): [string, number] => [key, 1]).reduceByKey((left, right) => left + right);
}

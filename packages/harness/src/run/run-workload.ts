// One run: assembles an engine, puts a load on the engine, observes batches, stops gracefully, and compares the sent
// with the processed records.
import { arch, cpus, platform, totalmem } from 'node:os';
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
import { OpenLoopSource, wallMs } from '../load/open-loop-source.ts';
import { PhaseRecorders } from './phase-recorders.ts';
import { type ProcessCost, ProcessMeter } from './process-meter.ts';
import { accountOf, type PartitionAccount, RecordAccount } from './record-account.ts';
import { watchHandler } from './watch-handler.ts';
import {
  resolveConfig,
  type ResolvedWorkload,
  type WorkloadConfig,
  type WorkloadRecord,
} from './workload-config.ts';
import type { BatchPoint, WorkloadReport } from './workload-report.ts';

/** Signals and callbacks of a run. */
export interface RunWorkloadOptions {
  /** Ends the measurement early; the engine still stops gracefully, and a report is made. */
  readonly signal?: AbortSignal;
  /** Called several times a second. */
  readonly onProgress?: (progress: WorkloadProgress) => void;
}

/** The progress of a run. */
export interface WorkloadProgress {
  readonly phase: 'warming up' | 'measuring' | 'stopping';
  /** Time since the start, including the warm-up. */
  readonly elapsedMs: number;
  readonly totalMs: number;
  readonly sent: number;
  readonly processed: number;
}

/** The maximum length of the time line; longer runs show a selection of their batches. */
const POINTS = 2_000;
const PROGRESS_MS = 200;
/** A stop that takes longer leaves data behind, and the report says so. */
const STOP_MS = 60_000;

/**
 * Runs a workload once.
 *
 * @throws `MR_CONFIG_INVALID_OPTION`, errors of assembling and starting the engine, and the error that stopped the
 * engine.
 */
export async function runWorkload(
  config: WorkloadConfig,
  { signal, onProgress = () => undefined }: RunWorkloadOptions = {},
): Promise<WorkloadReport> {
  const run = new WorkloadRun(resolveConfig(config));
  await run.start();
  try {
    await run.load(signal, onProgress);
  } catch (error) {
    await run.abandon();
    throw error;
  }
  return run.finish(signal?.aborted === true);
}

interface Counts {
  readonly sent: number;
  readonly blocks: number;
  readonly bytes: number;
  readonly atMs: number;
}

class WorkloadRun {
  readonly #asked: ResolvedWorkload;
  readonly #sources: readonly OpenLoopSource<WorkloadRecord>[];
  readonly #ssc: StreamingContext;
  readonly #engine: string;
  readonly #phases = new PhaseRecorders();
  readonly #account = new RecordAccount();
  readonly #meter = new ProcessMeter();
  readonly #startedAt = new Date().toISOString();
  /** Accounts of partitions until their batch completes. */
  readonly #accounts = new Map<number, readonly PartitionAccount[]>();
  readonly #timeLine: BatchPoint[] = [];
  #isMeasuring = false;
  #from: Counts = { sent: 0, blocks: 0, bytes: 0, atMs: 0 };
  #to: Counts = this.#from;
  #cost: ProcessCost | undefined;
  #blocks = 0;
  #bytes = 0;
  #processedWhileMeasuring = 0;
  #batches = { completed: 0, failed: 0, late: 0 };
  #receiverErrors = 0;
  #failure: { readonly error: unknown } | undefined;

  constructor(asked: ResolvedWorkload) {
    this.#asked = asked;
    const hasLogger = asked.plugins.some((plugin) => plugin.provides.includes(Logger));
    const engine = assembleEngine([...asked.plugins, ...(hasLogger ? [] : [silent()])]);
    this.#engine = engine.describe();
    watchHandler(engine.ports.get(ReceivedBlockHandler), {
      onCut: (waitedMs, records) => this.#record('block', waitedMs, records),
      onStored: (tookMs, block) => {
        this.#record('store', tookMs);
        this.#blocks += 1;
        this.#bytes += block.sizeBytes;
      },
    });
    const { name, batchIntervalMs } = asked;
    this.#ssc = engine.streamingContext({ ...asked.engine, appName: name, batchIntervalMs });
    this.#sources = Array.from({ length: asked.load.receivers }, (_, receiver) => this.#sourceOf(receiver));
    this.#defineProgram();
    this.#ssc.on('batch:completed', ({ batch }) => this.#onCompleted(batch));
    this.#ssc.on('receiver:error', () => void (this.#receiverErrors += 1));
  }

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
        processed: this.#account.different,
      });
    await this.#wait(warmUpMs, signal, () => tell('warming up'));
    this.#from = this.#counts();
    this.#meter.start();
    this.#isMeasuring = true;
    await this.#wait(durationMs, signal, () => tell('measuring'));
    this.#isMeasuring = false;
    this.#to = this.#counts();
    this.#cost = this.#meter.stop();
    tell('stopping');
  }

  /** Releases all resources after a failure. */
  async abandon(): Promise<void> {
    this.#meter.stop();
    await this.#ssc.stop({ graceful: false });
  }

  /** Ends the load, stops the engine, and makes the report. */
  async finish(wasInterrupted: boolean): Promise<WorkloadReport> {
    for (const source of this.#sources) source.end();
    await this.#delivered();
    const stop = await this.#ssc.stop({ graceful: true, deadlineMs: STOP_MS });
    if (this.#failure !== undefined) throw this.#failure.error;
    const { name, batchIntervalMs, load, durationMs, warmUpMs } = this.#asked;
    const sent = this.#sent();
    const cost = this.#cost ?? this.#meter.stop();
    return {
      format: 1,
      asked: { name, batchIntervalMs, load, durationMs, warmUpMs },
      engine: this.#engine,
      machine: machine(),
      node: process.version,
      startedAt: this.#startedAt,
      wasInterrupted,
      measuredMs: this.#to.atMs - this.#from.atMs,
      throughput: this.#throughput(),
      records: {
        sent,
        processed: this.#account.different,
        lost: sent - this.#account.different,
        repeated: this.#account.repeated,
      },
      batches: this.#batches,
      failures: this.#sources.reduce((sum, source) => sum + source.failures, 0),
      receiverErrors: this.#receiverErrors,
      phases: this.#phases.report(),
      cost,
      stop: formatStopReport(stop),
      timeLine: thinned(this.#timeLine),
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
        if (this.#isMeasuring) this.#phases.record('receive', storedMs - intendedMs);
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
      this.#record('output', performance.now() - fromMs);
    });
  }

  #onCompleted(batch: BatchInfo): void {
    const accounts = this.#accounts.get(batch.batchTime) ?? [];
    this.#accounts.delete(batch.batchTime);
    for (const account of accounts) this.#account.add(account);
    if (!this.#isMeasuring) return;
    const { generatorLagMs, allocateMs, generateMs, queueMs, processMs } = batch.phases;
    const schedulingMs = generatorLagMs + allocateMs + generateMs + queueMs;
    this.#phases.record('schedule', schedulingMs);
    this.#phases.record('process', processMs);
    const endMs = batch.processingEndMs ?? wallMs();
    for (const [intendedMs, count] of accounts.flatMap(({ times }) => times)) {
      this.#phases.record('total', endMs - intendedMs, count);
    }
    this.#processedWhileMeasuring += batch.recordCount;
    this.#count(batch, schedulingMs + processMs);
    this.#timeLine.push({
      atSeconds: (performance.now() - this.#from.atMs) / 1_000,
      records: batch.recordCount,
      schedulingMs,
      processingMs: processMs,
      totalMs: schedulingMs + processMs,
    });
  }

  #count(batch: BatchInfo, totalMs: number): void {
    const { completed, failed, late } = this.#batches;
    this.#batches = {
      completed: completed + 1,
      failed: failed + (batch.outcome === 'succeeded' ? 0 : 1),
      late: late + (totalMs > this.#asked.batchIntervalMs ? 1 : 0),
    };
  }

  #record(phase: 'block' | 'store' | 'output', delayMs: number, times = 1): void {
    if (this.#isMeasuring) this.#phases.record(phase, delayMs, times);
  }

  #sent(): number {
    return this.#sources.reduce((sum, source) => sum + source.sent, 0);
  }

  #counts(): Counts {
    return { sent: this.#sent(), blocks: this.#blocks, bytes: this.#bytes, atMs: performance.now() };
  }

  #throughput(): WorkloadReport['throughput'] {
    const seconds = (this.#to.atMs - this.#from.atMs) / 1_000;
    const perSecond = (count: number) => (seconds > 0 ? count / seconds : 0);
    const { recordsPerSecond, burst } = this.#asked.load;
    const share = burst === undefined ? 1 : 1 + (burst.lengthMs * (burst.factor - 1)) / burst.everyMs;
    return {
      intendedPerSecond: recordsPerSecond * share,
      storedPerSecond: perSecond(this.#to.sent - this.#from.sent),
      blocksPerSecond: perSecond(this.#to.blocks - this.#from.blocks),
      bytesPerSecond: perSecond(this.#to.bytes - this.#from.bytes),
      processedPerSecond: perSecond(this.#processedWhileMeasuring),
    };
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

function machine(): string {
  const processors = cpus();
  const gibibytes = Math.round(totalmem() / 2 ** 30);
  const model = processors[0]?.model.trim() ?? 'unknown processor';
  return `${processors.length} × ${model}, ${gibibytes} GiB, ${platform()} ${arch()}`;
}

/** At most this many points, the slowest of each section, so that peaks stay visible. */
function thinned(points: readonly BatchPoint[]): readonly BatchPoint[] {
  const stretch = Math.ceil(points.length / POINTS);
  if (stretch <= 1) return points;
  const kept: BatchPoint[] = [];
  for (let at = 0; at < points.length; at += stretch) {
    const slowest = points
      .slice(at, at + stretch)
      .reduce((one, other) => (other.totalMs > one.totalMs ? other : one));
    kept.push(slowest);
  }
  return kept;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

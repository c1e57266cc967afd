// The measurements of a run. Records are accounted for from the first to the last; delays, rates, batches and cost count
// only between `begin` and `end`, after the warm-up.
import type { BatchInfo } from '@millrace/core';
import { wallMs } from '../load/open-loop-source.ts';
import { type Phase, PhaseRecorders } from './phase-recorders.ts';
import { BlockDelays } from './block-delays.ts';
import type { LoadListener } from './load-side.ts';
import { MomentMeter } from './moment-meter.ts';
import { type ProcessCost, ProcessMeter } from './process-meter.ts';
import { type PartitionAccount, RecordAccount } from './record-account.ts';
import { thinned } from './time-line.ts';
import type { WatchedBlock } from './watch-handler.ts';
import { ownReceivers, type ResolvedWorkload } from './workload-config.ts';
import type { BatchPoint, WorkloadReport } from './workload-report.ts';

/** The measured part of a report. */
export type MeasuredReport = Pick<
  WorkloadReport,
  'measuredMs' | 'throughput' | 'records' | 'batches' | 'phases' | 'cost' | 'timeLine' | 'moments'
>;

interface Counts {
  readonly sent: number;
  readonly blocks: number;
  readonly bytes: number;
  readonly atMs: number;
}

/** Measures one run. */
export class WorkloadMeasurements implements LoadListener {
  readonly #asked: ResolvedWorkload;
  /** True with receivers of one's own: the content of their records is unknown. */
  readonly #isOwn: boolean;
  readonly #sentByLoad: () => number;
  readonly #phases = new PhaseRecorders();
  readonly #account = new RecordAccount();
  readonly #meter = new ProcessMeter();
  readonly #moments: MomentMeter;
  readonly #timeLine: BatchPoint[] = [];
  #isMeasuring = false;
  #from: Counts = { sent: 0, blocks: 0, bytes: 0, atMs: 0 };
  #to: Counts = this.#from;
  #cost: ProcessCost | undefined;
  #blocks = 0;
  #bytes = 0;
  #storedRecords = 0;
  #processedRecords = 0;
  #processedWhileMeasuring = 0;
  readonly #blockDelays = new BlockDelays((delayMs, records) => this.record('total', delayMs, records));
  #batches = { completed: 0, failed: 0, late: 0 };

  /** @param sentByLoad The number of records that the load has sent so far. */
  constructor(asked: ResolvedWorkload, sentByLoad: () => number) {
    this.#asked = asked;
    this.#isOwn = ownReceivers(asked).length > 0;
    this.#sentByLoad = sentByLoad;
    this.#moments = new MomentMeter(asked.durationMs, () => this.#counts());
  }

  /** Begins to measure, after the warm-up. */
  begin(): void {
    this.#from = this.#counts();
    this.#meter.start();
    this.#moments.start();
    this.#isMeasuring = true;
  }

  /** Ends the measurement; the account of records goes on. */
  end(): void {
    this.#isMeasuring = false;
    this.#to = this.#counts();
    this.#cost = this.#meter.stop();
    this.#moments.stop();
  }

  /** Releases the resources of a failed run. */
  abandon(): void {
    this.#meter.stop();
    this.#moments.stop();
  }

  /** The rate limits of a stream have changed. */
  onLimit(streamId: number, recordsPerSecond: number): void {
    this.#moments.onLimit(streamId, recordsPerSecond);
  }

  /** The number of different records that were processed. */
  get processed(): number {
    return this.#isOwn ? this.#processedRecords : this.#account.different;
  }

  /** The number of sent records; of one's own receivers, the number of stored records. */
  get sent(): number {
    return this.#isOwn ? this.#storedRecords : this.#sentByLoad();
  }

  /** Records a delay, while measuring. */
  record(phase: Phase, delayMs: number, times = 1): void {
    if (this.#isMeasuring) this.#phases.record(phase, delayMs, times);
  }

  onDelay(phase: Phase, delayMs: number, times: number): void {
    this.record(phase, delayMs, times);
  }

  /** Counts a stored block. */
  onBlock({ streamId, recordCount, sizeBytes, cutMs, tookMs }: WatchedBlock): void {
    this.record('store', tookMs);
    this.#blocks += 1;
    this.#bytes += sizeBytes;
    this.#storedRecords += recordCount;
    if (this.#isOwn) this.#blockDelays.stored(streamId, recordCount, cutMs);
  }

  /** Counts a completed batch with the accounts of its partitions. */
  onCompleted(batch: BatchInfo, accounts: readonly PartitionAccount[]): void {
    for (const account of accounts) this.#account.add(account);
    this.#processedRecords += batch.recordCount;
    const endMs = batch.processingEndMs ?? wallMs();
    if (this.#isOwn) {
      for (const { streamId, recordCount } of batch.inputs.values()) {
        this.#blockDelays.done(streamId, recordCount, endMs);
      }
    }
    if (!this.#isMeasuring) return;
    const { generatorLagMs, allocateMs, generateMs, queueMs, processMs } = batch.phases;
    const schedulingMs = generatorLagMs + allocateMs + generateMs + queueMs;
    this.#phases.record('schedule', schedulingMs);
    this.#phases.record('process', processMs);
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

  /** The results; called once, after the engine has stopped. */
  report(): MeasuredReport {
    const { sent, processed } = this;
    const { repeated } = this.#account;
    return {
      measuredMs: this.#to.atMs - this.#from.atMs,
      throughput: this.#throughput(),
      records: { sent, processed, lost: Math.max(0, sent - processed), repeated },
      batches: this.#batches,
      phases: this.#phases.report(),
      cost: this.#cost ?? this.#meter.stop(),
      timeLine: thinned(this.#timeLine),
      moments: this.#moments.points,
    };
  }

  #count(batch: BatchInfo, totalMs: number): void {
    const { completed, failed, late } = this.#batches;
    this.#batches = {
      completed: completed + 1,
      failed: failed + (batch.outcome === 'succeeded' ? 0 : 1),
      late: late + (totalMs > this.#asked.batchIntervalMs ? 1 : 0),
    };
  }

  #counts(): Counts {
    return { sent: this.sent, blocks: this.#blocks, bytes: this.#bytes, atMs: performance.now() };
  }

  #throughput(): WorkloadReport['throughput'] {
    const seconds = (this.#to.atMs - this.#from.atMs) / 1_000;
    const perSecond = (count: number) => (seconds > 0 ? count / seconds : 0);
    const { recordsPerSecond, burst } = this.#asked.load;
    const share = burst === undefined ? 1 : 1 + (burst.lengthMs * (burst.factor - 1)) / burst.everyMs;
    return {
      intendedPerSecond: this.#isOwn ? 0 : recordsPerSecond * share,
      storedPerSecond: perSecond(this.#to.sent - this.#from.sent),
      blocksPerSecond: perSecond(this.#to.blocks - this.#from.blocks),
      bytesPerSecond: perSecond(this.#to.bytes - this.#from.bytes),
      processedPerSecond: perSecond(this.#processedWhileMeasuring),
    };
  }
}

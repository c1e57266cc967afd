// Runs the jobs of submitted batches: in order, a bounded number at once, with retries. One rule completes a batch (all
// its jobs succeeded), and one rule handles a batch that cannot be completed (`onBatchFailure`).
//
//   submitted ─► waiting ─► running ─► succeeded ───────────────► batch completed, in order per output (BAT-3)
//                              │ failed, tried again with the same batch and blocks (BAT-4)
//                              └─ for the last time ─► stop │ hold │ skip — never silently (BAT-5)
import type { BatchTime, Clock, Logger, StreamingEvents } from '@millrace/core';
import { asError, type Moment } from '@millrace/core/engine';
import type { Holdings } from '../holdings.ts';
import { batchError } from './batch-errors.ts';
import type { BatchOptions } from './batch-options.ts';
import { halted, HeldBatches } from './held-batches.ts';
import type { Job } from './job.ts';
import { runJobAttempts } from './job-attempts.ts';
import { JobSet, type BatchErrorCounts, type JobEntry, type JobSetContent } from './job-set.ts';

/** The collaborators of a job scheduler. */
export interface JobSchedulerDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly publish: <K extends keyof StreamingEvents>(event: K, value: StreamingEvents[K]) => void;
  readonly options: BatchOptions;
  /** Called when a batch is done, succeeded or skipped, in order of completion. */
  readonly onBatchDone: (batchTime: BatchTime) => void;
  /** Called with the number of held batches after each change of the number. */
  readonly onHeldChanged?: (count: number) => void;
  /**
   * A further job of a batch whose jobs have all succeeded, asked for when the batch is the oldest one; undefined: the
   * batch is complete. Default: there is none.
   */
  readonly lastJobOf?: (batchTime: BatchTime) => Job | undefined;
  /** Called before the end of a batch is published. Returns the counts for its events. Default: none. */
  readonly onBatchEnding?: (batchTime: BatchTime) => BatchErrorCounts | undefined;
  /**
   * Asked before each job: false while another driver may come in charge. `resume` is called when the answer has changed.
   * Default: always true.
   */
  readonly mayBegin?: () => boolean;
  /** Called once when a batch failed and the reaction is `stop`. */
  readonly onFatal: (error: unknown) => void;
}

/** Runs job sets. See the header of this file. */
export class JobScheduler {
  readonly #deps: JobSchedulerDeps;
  readonly #abort = new AbortController();
  /** Batches that are not done, in order of submission. */
  #pending: JobSet[] = [];
  #running = 0;
  /** True when no job may start: stopped, or a batch failed and the reaction is `stop`. */
  #halted = false;
  readonly #held: HeldBatches;
  #waiters: (() => void)[] = [];

  constructor(deps: JobSchedulerDeps) {
    this.#deps = deps;
    this.#held = new HeldBatches((count) => deps.onHeldChanged?.(count));
  }

  /** Accepts a batch. A batch without jobs completes as well. */
  submit(content: JobSetContent): void {
    const set = new JobSet(content, this.#moment());
    this.#pending.push(set);
    this.#deps.publish('batch:submitted', { batch: set.toInfo() });
    this.#pump();
  }

  /** Begins the jobs that had to wait because `mayBegin` was false. */
  resume(): void {
    this.#pump();
  }

  /** The amounts of the scheduler, see `Holdings`. */
  get holdings(): Holdings {
    const underWay = {
      'batches.pending': this.#pending.length,
      'batches.runningJobs': this.#running,
      'batches.held': this.heldBatches().length,
    };
    return { underWay, kept: {} };
  }

  /** The batches submitted and not done, oldest first. */
  pendingBatches(): readonly BatchTime[] {
    return this.#pending.map((set) => set.batchTime);
  }

  /** The batches that are held after a failure, oldest first. */
  heldBatches(): readonly BatchTime[] {
    return this.#held.times(this.#pending);
  }

  /** The oldest held batch; undefined when none is held. */
  get heldBatch(): BatchTime | undefined {
    return this.heldBatches()[0];
  }

  /**
   * Runs the failed jobs of a held batch again, with all attempts anew: of the oldest batch, or of the named batch.
   * Other held batches stay held. Resolves when a job of the batch has started, or when the batch has none.
   *
   * @throws `MR_BATCH_NOT_HELD`; `MR_BATCH_HALTED` when the engine stops before a job of the batch ran; the error of
   * making its jobs, if that had failed: the batch is then still held.
   */
  async retryHeldBatch(batchTime?: BatchTime): Promise<void> {
    const { onBatchFailure } = this.#deps.options;
    if (this.#halted) throw halted();
    const time = batchTime ?? this.heldBatch;
    const set = this.#pending.find((pending) => pending.batchTime === time && this.#held.has(pending));
    if (set === undefined) {
      const held = this.heldBatches();
      const wanted = batchTime === undefined ? 'a held batch' : `batch ${batchTime} to be held`;
      throw batchError(
        'MR_BATCH_NOT_HELD',
        `retryHeldBatch() needs ${wanted}, but ${held.length === 0 ? 'none is' : `those held are ${held.join(', ')}`}`,
        { details: { batchTime: batchTime ?? null, held, onBatchFailure } },
      );
    }
    const begun = this.#held.beginRetry(set);
    try {
      await set.reset();
    } catch (error) {
      this.#held.add(set);
      throw error;
    }
    this.#pump();
    await begun;
  }

  /** Resolves when fewer than `count` batches are pending, or no more job will run. */
  async waitBelow(count: number): Promise<void> {
    while (this.#pending.length >= count && !this.#halted) {
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    }
  }

  /**
   * Starts no more jobs and aborts running jobs. Pending batches stay pending, as the batches that a stop left behind.
   */
  halt(): void {
    this.#halted = true;
    this.#abort.abort(new Error('the engine is stopping'));
    this.#held.callOff();
    this.#wake();
  }

  #pump(): void {
    this.#endFinishedSets();
    if (this.#halted) return;
    const { options, mayBegin } = this.#deps;
    while (this.#running < options.concurrentJobs) {
      const next = this.#nextJob();
      // A batch of a driver that was replaced would run twice.
      if (next === undefined || mayBegin?.() === false) return;
      void this.#runJob(next.set, next.entry);
    }
  }

  /**
   * The first waiting job whose output has no unfinished job in an earlier batch (BAT-3). After a held batch, only
   * batches in a retry have such a job.
   */
  #nextJob(): { set: JobSet; entry: JobEntry } | undefined {
    const busy = new Set<number>();
    let isBehindHeld = false;
    for (const set of this.#pending) {
      isBehindHeld ||= this.#held.has(set);
      const mayRun = !isBehindHeld || this.#held.isRetried(set);
      for (const entry of set.entries) {
        if (mayRun && entry.state === 'waiting' && !busy.has(entry.job.outputOperation))
          return { set, entry };
      }
      for (const entry of set.entries) {
        if (entry.state !== 'succeeded') busy.add(entry.job.outputOperation);
      }
    }
    return undefined;
  }

  async #runJob(set: JobSet, entry: JobEntry): Promise<void> {
    this.#running += 1;
    entry.state = 'running';
    this.#held.begun(set);
    this.#begin(set);
    entry.startMs ??= this.#deps.clock.now();
    this.#deps.publish('output-operation:started', { operation: entry.toInfo() });
    const { clock, log, options } = this.#deps;
    const { signal } = this.#abort;
    const failure = await runJobAttempts(entry, { clock, log, options, signal });
    this.#running -= 1;
    if (failure !== undefined && this.#abort.signal.aborted) {
      // Not a failure of the job: the job was aborted, and its batch is reported as left behind.
      entry.state = 'waiting';
      return;
    }
    entry.state = failure === undefined ? 'succeeded' : 'failed';
    entry.failure = failure === undefined ? undefined : asError(failure.error);
    entry.endMs = this.#deps.clock.now();
    this.#deps.publish('output-operation:completed', { operation: entry.toInfo() });
    this.#pump();
  }

  /** Ends every set that can end: sets whose jobs have all ended, and empty sets when it is their turn. */
  #endFinishedSets(): void {
    for (let index = 0; index < this.#pending.length && !this.#halted;) {
      const set = this.#pending[index] as JobSet;
      const isTurn = index === 0 || set.entries.length > 0;
      if (this.#held.has(set) || !set.hasEnded || !isTurn) {
        index += 1;
        continue;
      }
      if (set.hasFailed) this.#react(set);
      else if (this.#addLastJob(set, index)) index += 1;
      else this.#end(set, 'succeeded');
    }
  }

  /** True when the set has to wait for its last job. */
  #addLastJob(set: JobSet, index: number): boolean {
    const { lastJobOf } = this.#deps;
    if (lastJobOf === undefined) return false;
    // The last job of an earlier batch is not known yet.
    if (index > 0) return true;
    const job = lastJobOf(set.batchTime);
    if (job !== undefined) set.add(job);
    return job !== undefined;
  }

  /** Reacts to a set that failed. */
  #react(set: JobSet): void {
    const { options, log } = this.#deps;
    const fields = { batchTime: set.batchTime, reaction: options.onBatchFailure, error: set.failure };
    log.error('batch failed', fields);
    if (options.onBatchFailure === 'skip') {
      this.#end(set, 'skipped');
      return;
    }
    if (options.onBatchFailure === 'hold') {
      this.#held.add(set);
      return;
    }
    this.#halted = true;
    this.#begin(set);
    set.ended = this.#moment();
    set.outcome = 'failed';
    this.#tellRecordErrors(set);
    this.#deps.publish('batch:completed', { batch: set.toInfo() });
    this.#wake();
    this.#deps.onFatal(
      batchError(
        'MR_BATCH_FAILED',
        `the batch at ${set.batchTime} failed for the last time and onBatchFailure is "stop"`,
        { details: { batchTime: set.batchTime }, cause: set.failure },
      ),
    );
  }

  #end(set: JobSet, outcome: 'succeeded' | 'skipped'): void {
    this.#held.begun(set);
    this.#held.ended(set);
    this.#begin(set);
    set.ended = this.#moment();
    set.outcome = outcome;
    this.#tellRecordErrors(set);
    this.#pending = this.#pending.filter((other) => other !== set);
    this.#deps.publish('batch:completed', { batch: set.toInfo() });
    this.#deps.onBatchDone(set.batchTime);
    this.#wake();
  }

  #tellRecordErrors(set: JobSet): void {
    const counts = this.#deps.onBatchEnding?.(set.batchTime);
    if (counts === undefined) return;
    set.recordErrors = counts;
    for (const failed of counts.failed) this.#deps.publish('records:failed', { failed });
  }

  #begin(set: JobSet): void {
    if (set.started !== undefined) return;
    set.started = this.#moment();
    this.#deps.publish('batch:started', { batch: set.toInfo() });
  }

  #moment(): Moment {
    return { wallMs: this.#deps.clock.now(), monotonicMs: this.#deps.clock.monotonicMs() };
  }

  #wake(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }
}

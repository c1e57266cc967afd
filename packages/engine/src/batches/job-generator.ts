// Makes the batches. A recurring timer says which batch times are due; a loop takes them up one after the other:
//
//   tick(t) ─► due ─► allocate blocks to t ─► jobs from the graph ─► submit ─► … completed ─► clear metadata
//
// The loop keeps no queue of ticks, only the latest due time: whatever falls behind is made up for batch by batch,
// under the nominal times (BAT-2, BAT-5), and costs no memory. An allocation that cannot be recorded delays its batch
// and all later ones; a batch never runs without the blocks that belong to it (BAT-1).
import {
  RecurringTimer,
  type BatchTime,
  type Clock,
  type Logger,
  type StreamId,
  type StreamInputInfo,
} from '@millrace/core';
import { batchError } from './batch-errors.ts';
import { retryDelayMs, type BatchOptions } from './batch-options.ts';
import type { ForgottenData, JobGraph } from './job-graph.ts';
import type { Job } from './job.ts';
import type { JobScheduler } from './job-scheduler.ts';

/** What a job generator works with. */
export interface JobGeneratorParts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly graph: JobGraph;
  readonly scheduler: JobScheduler;
  readonly batchIntervalMs: number;
  readonly options: BatchOptions;
  /** Records which blocks belong to the batch; repeated until it succeeds. */
  readonly allocateBlocks: (batchTime: BatchTime) => Promise<unknown>;
  /** Whether blocks wait for a batch. */
  readonly hasUnallocatedBlocks: () => boolean;
  /** What the streams reported about the input of a batch. */
  readonly inputsOf: (batchTime: BatchTime) => ReadonlyMap<StreamId, StreamInputInfo>;
  /** Told what nobody needs any more. */
  readonly onForget: (forgotten: ForgottenData, olderThan: BatchTime) => void;
}

/** Makes batches. See the header of this file. */
export class JobGenerator {
  readonly #parts: JobGeneratorParts;
  readonly #timer: RecurringTimer;
  readonly #abort = new AbortController();
  /** The next batch to make. */
  #next: BatchTime = 0;
  /** The latest batch that is due. */
  #due: BatchTime = 0;
  #loop: Promise<void> | undefined;
  #wake: (() => void) | undefined;
  #isEnding = false;
  #isGraphRunning = false;
  readonly #done = new Set<BatchTime>();
  /** All batches up to and including this one are done with. */
  #doneUpTo: BatchTime = 0;

  constructor(parts: JobGeneratorParts) {
    this.#parts = parts;
    this.#timer = new RecurringTimer({
      clock: parts.clock,
      periodMs: parts.batchIntervalMs,
      name: 'job-generator',
      callback: (batchTime) => this.#tick(batchTime),
    });
  }

  /** Starts with the next multiple of the interval strictly after now. Returns the zero time. */
  start(): BatchTime {
    const first = this.#timer.getStartTime();
    const zeroTime = first - this.#parts.batchIntervalMs;
    this.#parts.graph.start(zeroTime);
    this.#next = first;
    this.#due = zeroTime;
    this.#doneUpTo = zeroTime;
    this.#timer.start(first);
    this.#isGraphRunning = true;
    this.#loop = this.#run();
    return zeroTime;
  }

  /** Told by the scheduler that a batch is done with. */
  onBatchDone(batchTime: BatchTime): void {
    const { batchIntervalMs, graph } = this.#parts;
    this.#done.add(batchTime);
    const before = this.#doneUpTo;
    while (this.#done.delete(this.#doneUpTo + batchIntervalMs)) this.#doneUpTo += batchIntervalMs;
    if (this.#doneUpTo === before) return;
    const forgotten = graph.clearMetadata(this.#doneUpTo);
    this.#parts.onForget(forgotten, this.#doneUpTo - graph.maxInputRememberMs);
  }

  /**
   * Ends generation after the receivers have stopped. Makes every batch that is due and, when blocks still wait, one
   * more at once, under the next batch time, instead of letting the stop wait for that time to come. Resolves when
   * all are submitted.
   */
  async finish(): Promise<void> {
    await this.#timer.stop({ interrupt: true });
    this.#isEnding = true;
    await this.#end();
  }

  /** Stops making batches at once; those due and not made yet are left behind. */
  async halt(): Promise<void> {
    this.#abort.abort(new Error('the engine is stopping'));
    await this.#timer.stop({ interrupt: true });
    await this.#end();
  }

  /** Batches that were due and are not made. */
  get batchesLeft(): number {
    return Math.max(0, (this.#due - this.#next) / this.#parts.batchIntervalMs + 1);
  }

  async #end(): Promise<void> {
    this.#wake?.();
    await this.#loop;
    if (this.#isGraphRunning) {
      this.#isGraphRunning = false;
      await this.#parts.graph.stop();
    }
  }

  #tick(batchTime: BatchTime): void {
    this.#due = batchTime;
    this.#wake?.();
  }

  async #run(): Promise<void> {
    const { scheduler, options, batchIntervalMs } = this.#parts;
    while (!this.#abort.signal.aborted) {
      if (this.#next > this.#due && !(await this.#waitForDue())) return;
      await scheduler.waitBelow(options.maxPendingBatches);
      if (this.#abort.signal.aborted || !(await this.#generate(this.#next))) return;
      this.#next += batchIntervalMs;
    }
  }

  /** True when a batch is due; false when there will be none any more. */
  async #waitForDue(): Promise<boolean> {
    while (this.#next > this.#due) {
      if (this.#abort.signal.aborted) return false;
      if (this.#isEnding) {
        if (!this.#parts.hasUnallocatedBlocks()) return false;
        this.#due = this.#next;
        return true;
      }
      await new Promise<void>((resolve) => (this.#wake = resolve));
      this.#wake = undefined;
    }
    return true;
  }

  /** Makes and submits one batch; false when it was cut off. */
  async #generate(batchTime: BatchTime): Promise<boolean> {
    const { clock, graph, scheduler, inputsOf } = this.#parts;
    const generatorLagMs = Math.max(0, clock.now() - batchTime);
    const begun = clock.monotonicMs();
    if (!(await this.#allocate(batchTime))) return false;
    const allocated = clock.monotonicMs();
    const jobs = await this.#generateJobs(batchTime);
    if (jobs === undefined) return false;
    scheduler.submit({
      batchTime,
      inputs: inputsOf(batchTime),
      phases: {
        generatorLagMs,
        allocateMs: allocated - begun,
        generateMs: clock.monotonicMs() - allocated,
      },
      ...(jobs instanceof Error
        ? { jobs: [], generationFailure: jobs, regenerate: () => graph.generateJobs(batchTime) }
        : { jobs }),
    });
    return true;
  }

  /** Allocates blocks, however often it takes: until it is recorded which blocks a batch has, it must not run. */
  async #allocate(batchTime: BatchTime): Promise<boolean> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        await this.#parts.allocateBlocks(batchTime);
        return true;
      } catch (error) {
        this.#parts.log.warn('batch delayed: its blocks could not be allocated', {
          batchTime,
          attempt,
          error,
        });
        if (!(await this.#pause(attempt))) return false;
      }
    }
  }

  /** The jobs, or the error after the last attempt, or undefined when it was cut off. */
  async #generateJobs(batchTime: BatchTime): Promise<readonly Job[] | Error | undefined> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.#parts.graph.generateJobs(batchTime);
      } catch (error) {
        this.#parts.log.warn('the jobs of a batch could not be made', { batchTime, attempt, error });
        if (attempt + 1 >= this.#parts.options.maxAttempts) {
          return batchError(
            'MR_BATCH_GENERATION_FAILED',
            `the jobs of the batch at ${batchTime} could not be made in ${attempt + 1} attempts`,
            { details: { batchTime }, cause: error },
          );
        }
        if (!(await this.#pause(attempt))) return undefined;
      }
    }
  }

  async #pause(attempt: number): Promise<boolean> {
    const { clock, options } = this.#parts;
    try {
      await clock.sleepUntil(clock.now() + retryDelayMs(options, attempt), this.#abort.signal);
      return true;
    } catch {
      // Only an abort ends the pause early.
      return false;
    }
  }
}

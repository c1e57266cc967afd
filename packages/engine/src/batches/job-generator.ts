// Makes the batches. Ticks give the due batch times (`batch-ticks.ts`); a loop makes one batch after the other:
//
//   tick(t) ─► due ─► inputs taken ─► allocate blocks to t ─► jobs from the graph ─► submit ─► … done ─► onDone
//
// The loop keeps no queue of ticks, only the latest due time: a generator that falls behind makes up batch by batch,
// under the nominal times (BAT-2, BAT-5), without a cost in memory. An allocation that cannot be logged delays its
// batch and all later batches; a batch never runs without its blocks (BAT-1). After the death of a driver, the next
// generator continues after the last done batch: first the batches already made, which run again unchanged (BAT-4),
// then the batches of the time in between, then the live batches. When too many batches were missed, the surplus is
// skipped: one log record is written before the first batch after the gap is made. Failing steps are repeated
// (`generation-attempts.ts`); a record that no retry can write (disposition `stop-engine`) ends the engine.
import type { BatchTime, Clock, Logger, StreamId, StreamInputInfo, StreamingEvents } from '@millrace/core';
import type { BatchInput } from '@millrace/core/engine';
import type { Holdings } from '../holdings.ts';
import type { BatchOptions } from './batch-options.ts';
import { BatchTicks } from './batch-ticks.ts';
import { GenerationAttempts } from './generation-attempts.ts';
import type { JobGraph } from './job-graph.ts';
import type { Job } from './job.ts';
import type { JobScheduler } from './job-scheduler.ts';
import { missedBatchesLimit } from './missed-batches.ts';
import type { SkippedRange } from './skipped-batches.ts';

/** The collaborators of a job generator. */
export interface JobGeneratorDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly publish: (event: 'batch-times:adjusted', value: StreamingEvents['batch-times:adjusted']) => void;
  readonly graph: JobGraph;
  readonly scheduler: JobScheduler;
  readonly batchIntervalMs: number;
  readonly options: BatchOptions;
  /** Logs the blocks and the other inputs of the batch; repeated until the write succeeds. */
  readonly allocateBlocks: (
    batchTime: BatchTime,
    inputs: ReadonlyMap<StreamId, unknown>,
  ) => Promise<BatchInput>;
  /** Logs a range of skipped batches; repeated until the write succeeds. */
  readonly recordSkipped: (range: SkippedRange) => Promise<unknown>;
  /** True when the inputs of streams without a receiver are logged. Default false. */
  readonly recordsInputs?: boolean;
  /** True when blocks wait for a batch. */
  readonly hasUnallocatedBlocks: () => boolean;
  /** The streams' reports about the input of a batch. */
  readonly inputsOf: (batchTime: BatchTime) => ReadonlyMap<StreamId, StreamInputInfo>;
  /** Called whenever one more batch, after all batches before, is done. */
  readonly onDone: (doneUpTo: BatchTime) => void;
  /** Called for an allocation that no retry can repair. No batch is made afterwards. */
  readonly onFatal: (error: unknown) => void;
}

/** The point at which a generator continues after another one. */
export interface ResumePoint {
  readonly zeroTime: BatchTime;
  /** All batches up to and including this one are done. */
  readonly doneUpTo: BatchTime;
  /** The last batch that had been made; batches after `doneUpTo` run again. Not before `doneUpTo`. */
  readonly lastMade: BatchTime;
}

/** The most gaps that may wait for a delayed generator; the batches of further gaps are made. */
const GAPS_MAX = 1_000;

const NO_INPUTS: ReadonlyMap<StreamId, unknown> = new Map();

/** Makes batches. See the header of this file. */
export class JobGenerator {
  readonly #deps: JobGeneratorDeps;
  readonly #ticks: BatchTicks;
  readonly #attempts: GenerationAttempts;
  readonly #abort = new AbortController();
  /** The next batch to make. */
  #next: BatchTime = 0;
  /** The latest batch that is due. */
  #due: BatchTime = 0;
  #loop: Promise<void> | undefined;
  #wake: (() => void) | undefined;
  #isEnding = false;
  #isGraphRunning = false;
  /** Batch times to leave out, oldest first. */
  readonly #toSkip: SkippedRange[] = [];
  readonly #done = new Set<BatchTime>();
  /** All batches up to and including this one are done. */
  #doneUpTo: BatchTime = 0;
  /** Batches up to and including this one had been made before. */
  #rerunUpTo: BatchTime = Number.NEGATIVE_INFINITY;
  #lastMade: BatchTime = 0;

  constructor(deps: JobGeneratorDeps) {
    this.#deps = deps;
    this.#attempts = new GenerationAttempts({ ...deps, signal: this.#abort.signal });
    this.#ticks = new BatchTicks({
      ...deps,
      missedLimit: missedBatchesLimit(deps.options.missedBatches) ?? Number.POSITIVE_INFINITY,
      onDue: (batchTime, skipped) => this.#onDue(batchTime, skipped),
    });
  }

  /**
   * Starts with the next multiple of the interval strictly after now. With a resume point, starts after the batches
   * that were done by then: the times stay zero time + k × interval, none missing, none twice (BAT-2). Returns the zero
   * time.
   */
  start(resumeFrom?: ResumePoint): BatchTime {
    const { batchIntervalMs, graph } = this.#deps;
    const from = resumeFrom ?? this.#fromNow();
    graph.start(from.zeroTime);
    this.#next = this.#after(from.doneUpTo);
    this.#due = from.lastMade;
    this.#doneUpTo = from.doneUpTo;
    this.#lastMade = from.lastMade;
    if (resumeFrom !== undefined) this.#rerunUpTo = from.lastMade;
    // The previous driver skipped batches, and made no batch after the gap yet.
    const lastMade = this.#after(from.lastMade) - batchIntervalMs;
    this.#ticks.start({ zeroTime: from.zeroTime, lastMade });
    this.#isGraphRunning = true;
    this.#loop = this.#run();
    return from.zeroTime;
  }

  /** True after the call of `start`: before, there are no batches to report. */
  get hasStarted(): boolean {
    return this.#loop !== undefined;
  }

  /** All batches up to and including this one are done. */
  get doneUpTo(): BatchTime {
    return this.#doneUpTo;
  }

  /** The last batch that was made. */
  get lastMade(): BatchTime {
    return this.#lastMade;
  }

  /** The amounts of the generator, see `Holdings`. */
  get holdings(): Holdings {
    const underWay = { 'batches.notMade': this.batchesLeft, 'batches.doneOutOfOrder': this.#done.size };
    return { underWay, kept: {} };
  }

  /** Called by the scheduler when a batch is done. */
  onBatchDone(batchTime: BatchTime): void {
    this.#done.add(batchTime);
    const before = this.#doneUpTo;
    for (let next = this.#after(before); this.#done.delete(next); next = this.#after(next))
      this.#doneUpTo = next;
    if (this.#doneUpTo !== before) this.#deps.onDone(this.#doneUpTo);
  }

  /**
   * Ends generation after the receivers have stopped. Makes every due batch and, when blocks still wait, one more at
   * once, under the next batch time, instead of letting the stop wait for that time. Resolves when all batches are
   * submitted.
   */
  async finish(): Promise<void> {
    await this.#ticks.stop();
    this.#isEnding = true;
    await this.#end();
  }

  /** Stops making batches at once; due batches that are not made yet are left behind. */
  async halt(): Promise<void> {
    this.#abort.abort(new Error('the engine is stopping'));
    await this.#ticks.stop();
    await this.#end();
  }

  /** Due batches that are not made; 0 before the start. */
  get batchesLeft(): number {
    if (!this.hasStarted) return 0;
    const { batchIntervalMs } = this.#deps;
    const count = (from: BatchTime, to: BatchTime): number => Math.max(0, (to - from) / batchIntervalMs + 1);
    const skipped = this.#toSkip.reduce(
      (sum, { from, to }) => sum + count(Math.max(from, this.#next), to),
      0,
    );
    return Math.max(0, count(this.#next, this.#due) - skipped);
  }

  /** The oldest batch that is due and not made; undefined: there is none. */
  get firstBatchLeft(): BatchTime | undefined {
    return this.batchesLeft === 0 ? undefined : this.#next;
  }

  async #end(): Promise<void> {
    this.#wake?.();
    await this.#loop;
    if (this.#isGraphRunning) {
      this.#isGraphRunning = false;
      await this.#deps.graph.stop();
    }
  }

  #fromNow(): ResumePoint {
    const zeroTime = this.#ticks.zeroTime();
    return { zeroTime, doneUpTo: zeroTime, lastMade: zeroTime };
  }

  /** A batch that was made before its time is not due again. */
  #onDue(batchTime: BatchTime, skipped: SkippedRange | undefined): void {
    this.#due = Math.max(this.#due, batchTime);
    if (skipped !== undefined && this.#toSkip.length < GAPS_MAX) this.#toSkip.push(skipped);
    this.#wake?.();
  }

  /** The first batch after this one that was not skipped. */
  #after(batchTime: BatchTime): BatchTime {
    return this.#deps.graph.skipped.after(batchTime, this.#deps.batchIntervalMs);
  }

  async #run(): Promise<void> {
    const { scheduler, options } = this.#deps;
    while (!this.#abort.signal.aborted) {
      if (this.#next > this.#due && !(await this.#waitForDue())) return;
      if (!(await this.#skipNext())) return;
      await scheduler.waitBelow(options.maxPendingBatches);
      if (this.#abort.signal.aborted || !(await this.#generate(this.#next))) return;
      this.#next = this.#after(this.#next);
    }
  }

  /** Skips the next range, if any; false after an abort. The latest batch is never skipped. */
  async #skipNext(): Promise<boolean> {
    const { graph, recordSkipped } = this.#deps;
    for (
      let range = this.#toSkip[0];
      range !== undefined && range.from <= this.#next;
      range = this.#toSkip[0]
    ) {
      const skipped = { from: Math.max(range.from, this.#next), to: range.to };
      if (skipped.from <= skipped.to) {
        const record = () => recordSkipped(skipped).then(() => skipped);
        const recorded = await this.#attempts.untilRecorded(record, 'batches could not be skipped', skipped);
        if (recorded === undefined) return false;
        graph.skipped.add(skipped);
        this.#next = this.#after(skipped.to);
      }
      this.#toSkip.shift();
    }
    return true;
  }

  /** True when a batch is due; false when no more batch will be. */
  async #waitForDue(): Promise<boolean> {
    while (this.#next > this.#due) {
      if (this.#abort.signal.aborted) return false;
      if (this.#isEnding) {
        if (!this.#deps.hasUnallocatedBlocks()) return false;
        this.#due = this.#next;
        return true;
      }
      await new Promise<void>((resolve) => (this.#wake = resolve));
      this.#wake = undefined;
    }
    return true;
  }

  /** Makes and submits one batch; false after an abort. */
  async #generate(batchTime: BatchTime): Promise<boolean> {
    const { clock, graph, scheduler, inputsOf, recordsInputs = false } = this.#deps;
    const generatorLagMs = this.#ticks.lagMs(batchTime);
    const begun = clock.monotonicMs();
    const takeInputs = () => graph.takeInputs(batchTime, { forRecord: recordsInputs });
    const inputs = await this.#attempts.upToLast(batchTime, takeInputs);
    if (inputs === undefined) return false;
    const input = await this.#allocate(batchTime, inputs instanceof Error ? NO_INPUTS : inputs);
    if (input === undefined) return false;
    const allocated = clock.monotonicMs();
    const jobs =
      inputs instanceof Error
        ? inputs
        : await this.#attempts.upToLast(batchTime, () => graph.generateJobs(input));
    if (jobs === undefined) return false;
    this.#lastMade = Math.max(this.#lastMade, batchTime);
    scheduler.submit({
      batchTime,
      inputs: inputsOf(batchTime),
      isRerun: batchTime <= this.#rerunUpTo,
      phases: {
        generatorLagMs,
        allocateMs: allocated - begun,
        generateMs: clock.monotonicMs() - allocated,
      },
      ...(jobs instanceof Error
        ? { jobs: [], generationFailure: jobs, regenerate: () => this.#regenerate(input) }
        : { jobs }),
    });
    return true;
  }

  async #regenerate(input: BatchInput): Promise<readonly Job[]> {
    const { graph, recordsInputs = false } = this.#deps;
    await graph.takeInputs(input.batchTime, { forRecord: recordsInputs });
    return graph.generateJobs(input);
  }

  /**
   * Repeats the allocation until the log has it: a batch without a logged allocation must not run. Undefined after an
   * abort.
   */
  #allocate(batchTime: BatchTime, inputs: ReadonlyMap<StreamId, unknown>): Promise<BatchInput | undefined> {
    const allocate = () => this.#deps.allocateBlocks(batchTime, inputs);
    return this.#attempts.untilRecorded(allocate, 'batch delayed: its blocks could not be allocated', {
      batchTime,
    });
  }
}

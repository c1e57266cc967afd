// The due times of batches. The monotonic clock paces the ticks and the wall clock aligns the ticks (`RecurringTimer`).
// This file detects a difference between the two, reports the difference once, and decides which missed batches are left out.
//
//   wall clock back      ticks go on a tenth slower, with batch times ahead of the clock           reported: ahead
//   wall clock forward   the missed batches are due at once, up to the limit; else the latest      reported: made-up, skipped
//   process stood still  likewise
import {
  msUntil,
  type BatchTime,
  type BatchTimesInfo,
  type Clock,
  type Logger,
  type StreamingEvents,
} from '@millrace/core';
import { RecurringTimer } from '@millrace/core/engine';
import type { SkippedRange } from './skipped-batches.ts';

/** The collaborators of ticks. */
export interface BatchTicksDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly publish: (event: 'batch-times:adjusted', value: StreamingEvents['batch-times:adjusted']) => void;
  readonly batchIntervalMs: number;
  /** The most missed batches in a row that are made up. */
  readonly missedLimit: number;
  /** Called when batches are due, up to this one; the batches of `skipped` are left out. */
  readonly onDue: (due: BatchTime, skipped: SkippedRange | undefined) => void;
}

/** The least step of the wall clock that is reported, unless the batch interval is shorter. */
const STEP_MS = 1_000;
/** The least number of missed batches that is reported for any state of the clock: fewer are a moment's delay. */
const TOLD_FROM = 10;

/** Ticks of one generator. */
export class BatchTicks {
  readonly #deps: BatchTicksDeps;
  readonly #timer: RecurringTimer;
  /** The latest batch that is due. */
  #due: BatchTime = 0;
  /** Wall time minus monotonic time at the last check. */
  #offsetMs = 0;
  /** The lead of batch times over the wall clock at the last reported check. */
  #toldAheadMs = 0;
  /** Monotonic time at which the latest batch was due. */
  #dueAtMs = 0;
  /** Batches up to `upTo` became due together at this monotonic time, because none was made in time. */
  #together: { readonly upTo: BatchTime; readonly atMs: number } = {
    upTo: Number.NEGATIVE_INFINITY,
    atMs: 0,
  };

  constructor(deps: BatchTicksDeps) {
    this.#deps = deps;
    this.#timer = new RecurringTimer({
      clock: deps.clock,
      periodMs: deps.batchIntervalMs,
      name: 'job-generator',
      // The latest tick says everything that missed ticks would.
      missedMax: 0,
      callback: (batchTime) => this.#tick(batchTime),
    });
  }

  /** The time before the first batch of a driver that begins now. */
  zeroTime(): BatchTime {
    return this.#timer.getStartTime() - this.#deps.batchIntervalMs;
  }

  /** Begins after the last batch that was made. Batches missed since then are due at once. */
  start(from: { readonly zeroTime: BatchTime; readonly lastMade: BatchTime }): void {
    const { clock, batchIntervalMs } = this.#deps;
    const { zeroTime, lastMade } = from;
    const firstTick = Math.max(this.#timer.getRestartTime(zeroTime), lastMade + batchIntervalMs);
    const toFirstMs = msUntil(clock, firstTick);
    this.#offsetMs = -msUntil(clock, clock.monotonicMs());
    this.#due = lastMade;
    this.#dueAtMs = clock.monotonicMs();
    this.#together = { upTo: lastMade, atMs: this.#dueAtMs };
    // A batch made early at a stop is up to an interval ahead. With a larger lead, the first tick does not wait until
    // the lead has passed.
    const isAhead = toFirstMs > 2 * batchIntervalMs;
    if (isAhead) this.#tellAhead(firstTick, toFirstMs - batchIntervalMs);
    else if (firstTick - batchIntervalMs > lastMade) {
      // A first start may take a while; the batches before it were not missed.
      this.#becomeDue(firstTick - batchIntervalMs, { wasSet: false, isFirst: lastMade === zeroTime });
    }
    this.#timer.start(firstTick, isAhead ? batchIntervalMs + batchIntervalMs / 10 : toFirstMs);
  }

  /** Ends at once. */
  async stop(): Promise<void> {
    await this.#timer.stop({ interrupt: true });
  }

  /** The time since the batch became due, in ms. */
  lagMs(batchTime: BatchTime): number {
    const nowMs = this.#deps.clock.monotonicMs();
    const { upTo, atMs } = this.#together;
    return batchTime <= upTo
      ? nowMs - atMs
      : Math.max(0, nowMs - this.#dueAtMs + Math.max(0, this.#due - batchTime));
  }

  #tick(batchTime: BatchTime): void {
    const { clock, batchIntervalMs, log } = this.#deps;
    const offsetMs = -msUntil(clock, clock.monotonicMs());
    const steppedMs = offsetMs - this.#offsetMs;
    this.#offsetMs = offsetMs;
    const aheadMs = msUntil(clock, batchTime);
    const leastMs = Math.min(batchIntervalMs, STEP_MS);
    if (aheadMs >= leastMs) {
      if (aheadMs >= this.#toldAheadMs + leastMs) this.#tellAhead(batchTime, aheadMs);
      else if (this.#toldAheadMs > 0) this.#toldAheadMs = aheadMs;
    } else if (this.#toldAheadMs > 0) {
      this.#toldAheadMs = 0;
      log.info('batch times and the wall clock agree again', { batchTime });
    }
    this.#becomeDue(batchTime, { wasSet: steppedMs >= leastMs });
    this.#dueAtMs = clock.monotonicMs() - (this.#together.upTo === batchTime ? 0 : Math.max(0, -aheadMs));
  }

  /** Batches up to this one are due. `wasSet`: the wall clock was set forward. `isFirst`: no batch was ever made. */
  #becomeDue(batchTime: BatchTime, how: { readonly wasSet: boolean; readonly isFirst?: boolean }): void {
    const { clock, batchIntervalMs, missedLimit, onDue } = this.#deps;
    const before = this.#due;
    this.#due = Math.max(before, batchTime);
    const missed = Math.max(0, (batchTime - before) / batchIntervalMs - 1);
    const isSkipped = missed > missedLimit;
    const isTold = missed >= TOLD_FROM && how.isFirst !== true;
    if (isTold || isSkipped || (missed > 0 && how.wasSet)) {
      this.#together = { upTo: batchTime, atMs: clock.monotonicMs() };
      this.#tell({
        kind: isSkipped ? 'skipped' : 'made-up',
        batchTime,
        differenceMs: -msUntil(clock, before + batchIntervalMs),
        batchCount: missed,
      });
    }
    onDue(
      batchTime,
      isSkipped ? { from: before + batchIntervalMs, to: batchTime - batchIntervalMs } : undefined,
    );
  }

  #tellAhead(batchTime: BatchTime, aheadMs: number): void {
    this.#toldAheadMs = aheadMs;
    this.#tell({ kind: 'ahead', batchTime, differenceMs: aheadMs, batchCount: 0 });
  }

  #tell(adjustment: BatchTimesInfo): void {
    const { log, publish } = this.#deps;
    log.warn(MESSAGES[adjustment.kind], { ...adjustment });
    publish('batch-times:adjusted', { adjustment });
  }
}

const MESSAGES: Readonly<Record<BatchTimesInfo['kind'], string>> = {
  ahead:
    'batch times are ahead of the wall clock: the clock was set back, or restored batches have later times; batches continue, a tenth slower, until the clock has caught up',
  'made-up':
    'batches were missed: the wall clock was set forward, or no driver was running; the missed batches are made up, oldest first',
  skipped:
    'batches were missed and are skipped: the wall clock was set forward, or no driver was running; waiting blocks go to the next batch',
};

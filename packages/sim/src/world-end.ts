// The end of a world, once its faults are over: the engine must finish, must not grow during quiet minutes, and must
// stop as gracefully as it reports.
import { checkAtRest } from './check-at-rest.ts';
import { checkUnfinished, hasFinished, progressOf } from './check-promises.ts';
import type { Evidence } from './evidence.ts';
import { loggedDoneUpTo } from './metadata-log.ts';
import type { Plan } from './plan.ts';
import type { SimClock } from './sim-clock.ts';
import type { SimDisk } from './sim-disk.ts';
import type { SimDriver } from './sim-driver.ts';
import { CHECKPOINT_DIRECTORY, LOG_DIRECTORY } from './sim-engine.ts';
import { amountsAtRest } from './watch-gauges.ts';

/**
 * The longest time without a further record in the outputs once the faults are over, in virtual ms. A plan with bounds
 * that admit few blocks into each batch may need longer for all records.
 */
export const FINISH_WITHIN_MS = 60_000;
/** The maximum duration of a disk operation during the last stop, in ms. */
const SLOW_STOP_MS = 20;
const AFTER_STOP_MS = 300;
const QUIET_POLL_MS = 2_000;
/** Longer than the time for which a reading is given out again. */
const READING_MS = 1_500;
/** The number of batches that a drawn program runs without records. */
const QUIET_BATCHES = 4;
/** A multiple of all slides of programs, in batches. */
const SLIDES = 12;

/** The parts of a world that its end needs. */
export interface WorldEndDeps {
  readonly evidence: Evidence;
  readonly clock: SimClock;
  readonly disk: SimDisk;
  /** The current driver. */
  readonly driver: () => SimDriver | undefined;
  readonly hasFailed: () => boolean;
  readonly pass: (ms: number) => Promise<void>;
  /** Stops a driver gracefully; returns whether nothing was left behind. */
  readonly stop: (driver: SimDriver, deadlineMs: number) => Promise<boolean>;
}

/** See the header of this file. */
export class WorldEnd {
  readonly #deps: WorldEndDeps;

  constructor(deps: WorldEndDeps) {
    this.#deps = deps;
  }

  get #plan(): Plan {
    return this.#deps.evidence.plan;
  }

  get #sources(): Evidence['sources'] {
    return this.#deps.evidence.sources;
  }

  get #hasFailed(): boolean {
    return this.#deps.hasFailed();
  }

  #pass(ms: number): Promise<void> {
    return this.#deps.pass(ms);
  }

  #violated(promise: string, what: string): void {
    this.#deps.evidence.violated(promise, what);
  }

  /** Waits until every produced record is in the output; no minute may pass without a further record until then. */
  async finish(): Promise<void> {
    const { evidence, clock } = this.#deps;
    let progress = 0;
    let untilMs = clock.nowMs + FINISH_WITHIN_MS;
    while (!this.#hasFailed && !hasFinished(evidence)) {
      const now = progressOf(evidence);
      if (now > progress) untilMs = clock.nowMs + FINISH_WITHIN_MS;
      progress = now;
      // A source that sends each record once has a further record.
      for (const source of this.#sources) if (source.sendsOnce) source.produced += 1;
      if (clock.nowMs >= untilMs) return this.#notFinished();
      await this.#pass(100);
    }
    // Windows advance without records, and keys without records expire.
    if (this.#plan.program !== undefined) await this.#pass(QUIET_BATCHES * this.#plan.batchIntervalMs);
  }

  /** Waits without records. Receivers poll less often, since polling would otherwise take most of the run. */
  async beQuiet(): Promise<void> {
    const { quietMs = 0 } = this.#plan;
    if (quietMs === 0) return;
    const often = this.#sources.map(({ pollMs }) => pollMs);
    for (const source of this.#sources) source.pollMs = QUIET_POLL_MS;
    await this.#pass(quietMs / 2);
    const before = await this.#mostKept();
    await this.#pass(quietMs / 2);
    const kept = await this.#mostKept();
    const grown = Object.keys(kept).filter((name) => (kept[name] ?? 0) > (before[name] ?? 0));
    if (grown.length > 0)
      this.#violated(
        'at rest',
        `in ${quietMs} quiet ms these have grown: ${grown.map((name) => `${name} from ${before[name]} to ${kept[name]}`).join(', ')}`,
      );
    await this.#checkGauges();
    for (const [index, source] of this.#sources.entries()) source.pollMs = often[index] ?? source.pollMs;
    await this.#pass(QUIET_POLL_MS);
  }

  /** The first reading asks executors, and the second has their answers. */
  async #checkGauges(): Promise<void> {
    const { settings } = this.#plan;
    if (settings?.readsGauges !== true || this.#hasFailed) return;
    const gauges = this.#deps.driver()?.ssc.gauges;
    gauges?.read();
    await this.#pass(READING_MS);
    const reading = gauges?.read();
    const held = reading === undefined ? ['no reading'] : amountsAtRest(reading);
    if (held.length > 0) this.#violated('GAUGE-9', `after quiet minutes the gauges have ${held.join(', ')}`);
  }

  /** The maximum of all kept quantities over some batches, because sliding windows vary. */
  async #mostKept(): Promise<Readonly<Record<string, number>>> {
    const most: Record<string, number> = {};
    for (let batch = 0; batch < SLIDES; batch += 1) {
      await this.#pass(this.#plan.batchIntervalMs);
      for (const [name, count] of Object.entries(this.#deps.driver()?.ssc.holdings().kept ?? {}))
        most[name] = Math.max(most[name] ?? 0, count);
    }
    return most;
  }

  /** A lost record breaks its own promise; otherwise the reason of the delay is unknown. */
  #notFinished(): void {
    checkUnfinished(this.#deps.evidence);
    if (!this.#hasFailed) this.#violated('finishes', this.#unfinished());
  }

  #unfinished(): string {
    const sources = this.#sources.map(({ name, produced, acknowledgedBelow, starts }) => {
      const { length } = starts;
      return `${name} produced ${produced}, acknowledged ${acknowledgedBelow}, started ${length} times`;
    });
    return `some records are missing in the output, without progress for ${FINISH_WITHIN_MS} ms without faults: ${sources.join('; ')}`;
  }

  /** The last stop, with records on the way: REC-4 and STP-1. */
  async stopGracefully(): Promise<void> {
    const driver = await this.#runningDriver();
    if (driver === undefined) return;
    for (const source of this.#sources) source.produced += 30;
    await this.#pass(25);
    const stored = this.#sources.map(({ starts }) => {
      const { stored: numbers = [], taken = 0 } = starts.at(-1) ?? {};
      return numbers[taken - 1] ?? -1;
    });
    // A stop meets a checkpoint that is being written.
    const { slowMs = 0 } = this.#plan.disk;
    this.#deps.disk.slowMs = Math.min(slowMs, SLOW_STOP_MS);
    let isClean: boolean | undefined;
    void this.#deps.stop(driver, 10_000).then((clean) => (isClean = clean));
    const untilMs = this.#deps.clock.nowMs + 12_000;
    while (isClean === undefined && !this.#hasFailed && this.#deps.clock.nowMs < untilMs)
      await this.#pass(50);
    if (this.#hasFailed) return;
    if (isClean === undefined) return this.#violated('STP-1', 'a graceful stop did not end by its deadline');
    if (!isClean) return this.#violated('REC-4', 'a graceful stop without faults left something behind');
    this.#checkAllStoredCameOut(stored);
    // Receivers may call the context for a little longer.
    await this.#pass(AFTER_STOP_MS);
    if (!this.#hasFailed) await this.#checkAtRest(driver);
  }

  async #checkAtRest({ process, ssc }: SimDriver): Promise<void> {
    const isLogged = this.#plan.durability !== 'memory';
    const timers = this.#deps.clock.waitingFor(process);
    checkAtRest({
      plan: this.#plan,
      ssc,
      timers,
      loggedDoneUpTo: isLogged ? await loggedDoneUpTo(this.#deps.disk.left, process.clock) : undefined,
      openFiles: process.openFiles,
      lastGapEnd: this.#deps.evidence.ledger.lastGapEnd,
      checkpoints: this.#deps.disk.checkpointsIn(CHECKPOINT_DIRECTORY),
      written: process.checkpointsWritten,
      segments: new Map(
        [...this.#deps.disk.filesIn(LOG_DIRECTORY)].map(([log, names]) => [log, names.length]),
      ),
      violated: (promise, what) => this.#violated(promise, what),
    });
  }

  /** A running driver that is not being replaced: a stop that began during the faults may still be pending. */
  async #runningDriver(): Promise<SimDriver | undefined> {
    const untilMs = this.#deps.clock.nowMs + FINISH_WITHIN_MS;
    while (!this.#hasFailed && this.#deps.clock.nowMs < untilMs) {
      const driver = this.#deps.driver();
      if (driver?.ssc.state === 'ACTIVE' && !driver.isStopping) return driver;
      await this.#pass(50);
    }
    if (!this.#hasFailed)
      this.#violated('finishes', `no driver runs ${FINISH_WITHIN_MS} ms after the faults`);
    return undefined;
  }

  #checkAllStoredCameOut(stored: readonly number[]): void {
    for (const [index, source] of this.#sources.entries()) {
      const last = stored[index] as number;
      const records = this.#deps.evidence.ledger.batches(`raw ${source.name}`).flatMap(([, batch]) => batch);
      const seen = new Set((records as (readonly [number, number])[]).map(([number]) => number));
      if (last >= 0 && !seen.has(last))
        this.#violated('REC-4', `${source.name}: ${last} was stored and is missing in the output`);
      // Records that the receiver did not store were not accepted, so they are not lost.
      source.produced = Math.max(0, ...seen) + 1;
    }
  }
}

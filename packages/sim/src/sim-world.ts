// A world: sources, a disk, a network, a ledger, and a driver that is started again whenever it ends, as a process
// manager would. Faults are on in phase one. In phase two they are off, and the engine has to finish: everything that
// was produced comes out, and then it stops as gracefully as it says.
import {
  ExecutorBackend,
  type ExecutorSeat,
  isMillraceError,
  messageOf,
  type Plugin,
  ProgramSite,
  providing,
  SeededRandom,
} from '@millrace/core';
import { inProcessExecutors, type StreamingContext } from '@millrace/engine';
import { checkAtRest } from './check-at-rest.ts';
import { checkAlways, checkFinished, checkUnfinished, type Evidence, hasFinished } from './check-promises.ts';
import { Coverage } from './coverage.ts';
import { decideEvictions } from './fault-hooks.ts';
import { inexcusableCause } from './inexcusable-causes.ts';
import { FaultSchedule } from './fault-schedule.ts';
import { lookAfterHeldBatches } from './held-batches.ts';
import { Ledger } from './ledger.ts';
import { loggedDoneUpTo } from './metadata-log.ts';
import type { Plan } from './plan.ts';
import { SimClock } from './sim-clock.ts';
import { SimDisk } from './sim-disk.ts';
import type { SimDriver } from './sim-driver.ts';
import { CHECKPOINT_DIRECTORY, createEngine, LOG_DIRECTORY } from './sim-engine.ts';
import { DriverEpochs } from './driver-epochs.ts';
import { type DriverInCharge, SimExecutors } from './sim-executors.ts';
import { SimLog } from './sim-log.ts';
import { SimNetwork } from './sim-network.ts';
import { SimProcess } from './sim-process.ts';
import { buildProgram } from './sim-program.ts';
import { readTextOutputs } from './program/read-text-outputs.ts';
import { SimSource } from './sim-source.ts';

/** A promise that was broken. */
export interface Violation {
  /** The id of the promise, or `finishes`. */
  readonly promise: string;
  readonly what: string;
  /** Virtual time since the beginning, in ms. */
  readonly atMs: number;
}

/** How to run a world. */
export interface WorldOptions {
  readonly coverage?: Coverage;
  /** Gets every log line. */
  readonly write?: (line: string) => void;
  /** The world that this one goes on with: its disk, its sources, what came out so far. It has stopped. */
  readonly after?: SimWorld;
}

const START_MS = 1_000_000;
const RESTART_AFTER_MS = 100;
/** How long the engine may take to finish once the faults are over, in virtual ms; far above what it needs. */
const FINISH_WITHIN_MS = 60_000;
const LOAD_EVERY_MS = 20;
const AFTER_STOP_MS = 300;
const QUIET_POLL_MS = 2_000;
/** How long a drawn program goes on without records. */
const QUIET_BATCHES = 4;

/** A multiple of all slides of programs, in batches. */
const SLIDES = 12;

/** See the header of this file. Run once. */
export class SimWorld {
  readonly clock: SimClock;
  readonly log: SimLog;
  readonly violations: Violation[];
  readonly #plan: Plan;
  readonly #coverage: Coverage;
  readonly #network: SimNetwork;
  readonly #ledger: Ledger;
  readonly #sources: readonly SimSource[];
  readonly #evidence: Evidence;
  readonly #outside: { isAlive: boolean } = { isAlive: true };
  readonly #disk: SimDisk;
  readonly #faults: FaultSchedule;
  #driver: SimDriver | undefined;
  #lives = 0;
  /** The places of executors over all drivers: who was launched last for each. */
  readonly #places = new Map<number, SimProcess>();
  #inCharge: DriverInCharge | undefined;
  /** Told of a driver that could not start. */
  #onRefused: ((error: unknown) => void) | undefined;
  readonly #epochs: DriverEpochs;
  readonly #evictions: number[];
  #processes = 0;
  readonly #alive = new Set<SimProcess>();
  /** How many steps there were. */
  steps = 0;

  constructor(plan: Plan, options: WorldOptions = {}) {
    const { after } = options;
    this.#plan = plan;
    this.violations = after?.violations ?? [];
    this.#coverage = (after === undefined ? options.coverage : after.#coverage) ?? new Coverage();
    this.clock = after?.clock ?? new SimClock(this.#random('clock'), START_MS);
    this.log = after?.log ?? new SimLog(this.clock, options.write);
    this.#network =
      after === undefined
        ? new SimNetwork(this.clock, this.#random('network'), this.#coverage)
        : after.#network;
    this.#disk = after === undefined ? new SimDisk(this.#random('disk'), this.#coverage) : after.#disk;
    this.#lives = after === undefined ? 0 : after.#lives;
    this.#processes = after === undefined ? 0 : after.#processes;
    this.steps = after?.steps ?? 0;
    this.#faults = new FaultSchedule({
      plan,
      disk: this.#disk,
      network: this.#network,
      clock: this.clock,
      coverage: this.#coverage,
      killAll: () => this.#killAll(),
      driver: () => this.#driver,
      restartAfter: (driver, ms) => this.#restartAfter(driver, ms),
      stop: (driver, deadlineMs) => this.#stop(driver, deadlineMs),
      after: (ms, callback) => this.#after(ms, callback),
    });
    this.log.onBatchFailed = (error) => {
      const cause = inexcusableCause(error);
      if (cause !== undefined && !this.#hasFailed) this.#violated('finishes', `a batch failed of ${cause}`);
    };
    const violated = (promise: string, what: string) => this.#violated(promise, what);
    this.#ledger = after === undefined ? new Ledger(violated) : after.#ledger;
    const sources = () =>
      plan.streams.map(
        (stream, index) =>
          new SimSource({
            name: `source-${index}`,
            plan: stream,
            random: this.#random(`source-${index}`),
            coverage: this.#coverage,
            nowMs: () => this.clock.nowMs,
            violated,
          }),
      );
    this.#sources = after === undefined ? sources() : after.#sources;
    this.#evictions = [...(plan.evictions ?? [])];
    this.#epochs = new DriverEpochs({ isKept: plan.durability !== 'memory' || plan.checkpoints, violated });
    this.#evidence = { plan, sources: this.#sources, ledger: this.#ledger, violated };
  }

  /** Runs the whole plan; the first broken promise ends it. Resolves with all that were broken by then. */
  async run(): Promise<readonly Violation[]> {
    this.#faults.begin();
    decideEvictions(this.#plan.evictions === undefined ? undefined : () => this.#isEvicted());
    this.#startDriver();
    this.#produce();
    await this.#pass(this.#plan.loadMs);
    if (!this.#hasFailed) checkAlways(this.#evidence);
    this.#endFaults();
    if (!this.#hasFailed) await this.#finish();
    if (!this.#hasFailed) await this.#beQuiet();
    if (!this.#hasFailed) await this.#stopGracefully();
    if (!this.#hasFailed) await this.#readTextFiles();
    if (!this.#hasFailed) checkFinished(this.#evidence);
    this.#disk.countFaults();
    decideEvictions(undefined);
    this.#outside.isAlive = false;
    this.#driver?.process.kill();
    return this.violations;
  }

  /** Starts a driver that has to be refused with a code. */
  async runRefused(code: string): Promise<readonly Violation[]> {
    let refusal: unknown;
    this.#onRefused = (error) => (refusal = error ?? new TypeError('it ended without an error'));
    this.#startDriver();
    const untilMs = this.clock.nowMs + FINISH_WITHIN_MS;
    while (refusal === undefined && this.#driver?.ssc.state !== 'ACTIVE' && this.clock.nowMs < untilMs)
      await this.#pass(50);
    if (!isMillraceError(refusal, code)) {
      const got = refusal === undefined ? 'it was not' : `it was with ${messageOf(refusal)}`;
      this.#violated('STA-1', `a changed program has to be refused with ${code}, but ${got}`);
    }
    this.#driver?.process.kill();
    return this.violations;
  }

  /** Equal runs have equal ones. */
  fingerprint(): string {
    return `${this.steps}/${this.clock.calls}/${this.clock.nowMs}/${this.#ledger.fingerprint()}`;
  }

  get #hasFailed(): boolean {
    return this.violations.length > 0;
  }

  #random(what: string): SeededRandom {
    return new SeededRandom(`${this.#plan.seed}/${what}`);
  }

  #pass(ms: number): Promise<void> {
    return this.clock.pass(ms, () => this.#hasFailed);
  }

  #after(ms: number, callback: () => void): void {
    this.clock.after(this.#outside, ms, callback);
  }

  #violated(promise: string, what: string): void {
    this.log.note(`${promise} is broken: ${what}`);
    this.violations.push({ promise, what, atMs: this.clock.nowMs - START_MS });
  }

  // Load

  #produce(): void {
    for (const [index, source] of this.#sources.entries()) {
      const perSecond = this.#plan.streams[index]?.recordsPerSecond ?? 0;
      source.produced += Math.max(1, Math.round((perSecond * LOAD_EVERY_MS) / 1_000));
    }
    this.#after(LOAD_EVERY_MS, () => {
      if (this.#faults.isOn) this.#produce();
    });
  }

  // Processes

  #process(name: string): SimProcess {
    const process = new SimProcess({ name, clock: this.clock, onStep: () => this.#step() });
    this.#alive.add(process);
    process.onDeath(() => this.#alive.delete(process));
    return process;
  }

  #killAll(): void {
    for (const process of this.#alive) process.kill();
  }

  #startDriver(): void {
    this.#lives += 1;
    this.#faults.driverBegins(this.#lives);
    const process = this.#process(`driver-${this.#lives}`);
    this.log.note(`${process.name} starts`);
    this.#ledger.driverBegins();
    const executors =
      this.#plan.executors === 0
        ? undefined
        : new SimExecutors({
            count: this.#plan.executors,
            clock: this.clock,
            network: this.#network,
            driver: process,
            places: this.#places,
            outliveMs: () => (this.#faults.isOn ? (this.#plan.outliveMs ?? 0) : 0),
            onOutlived: () => this.#coverage.fault('outliving-executor'),
            takeCharge: (inCharge) => (this.#inCharge = inCharge),
            inCharge: () => this.#inCharge,
            onEpoch: (epoch) => this.#epochs.note(process.name, epoch),
            spawn: (name, seat) => this.#spawn(name, seat),
          });
    const backend =
      executors === undefined ? inProcessExecutors({ executors: 2 }) : providing(ExecutorBackend, executors);
    const ssc = this.#context(process, [backend]);
    const driver: SimDriver = {
      process,
      ssc,
      executors,
      hasSeenFaults: this.#faults.isOn,
      isStopping: false,
    };
    this.#driver = driver;
    process.onDeath(() => this.log.note(`${process.name} is dead`));
    ssc.start().then(
      () => this.#watch(driver),
      (error: unknown) => this.#ended(driver, error),
    );
  }

  /** A held batch is tried again by somebody who looks after it, also while it stops; an engine that ends is begun anew. */
  #watch(driver: SimDriver): void {
    const { ssc } = driver;
    ssc.awaitTermination().then(
      () => this.#ended(driver),
      (error: unknown) => this.#ended(driver, error),
    );
    const isFaulty = () => this.#faults.isOn;
    lookAfterHeldBatches(driver, { plan: this.#plan, clock: this.clock, isFaulty });
  }

  #ended(driver: SimDriver, error?: unknown): void {
    if (this.#driver !== driver || !driver.process.isAlive || driver.isStopping) return;
    const code = isMillraceError(error) ? `${error.code}: ${error.message}` : messageOf(error);
    this.log.note(`${driver.process.name} ended: ${code}`);
    if (this.#onRefused !== undefined) return this.#onRefused(error);
    // One that has seen faults may still end of them.
    if (!driver.hasSeenFaults) this.#violated('finishes', `an engine without faults ended with ${code}`);
    driver.process.kill();
    this.#restartAfter(driver, RESTART_AFTER_MS);
  }

  #restartAfter(driver: SimDriver, ms: number): void {
    this.#after(ms, () => {
      if (this.#driver === driver) this.#startDriver();
    });
  }

  /** A process that runs a copy of the program as an executor. */
  #spawn(name: string, seat: ExecutorSeat): SimProcess {
    const process = this.#process(name);
    const ssc = this.#context(process, [providing(ProgramSite, { executor: seat })]);
    ssc.start().catch((error: unknown) => {
      this.log.note(`${name} could not start: ${messageOf(error)}`);
      process.kill();
    });
    return process;
  }

  #context(process: SimProcess, own: readonly Plugin[]): StreamingContext {
    const plan = this.#plan;
    this.#processes += 1;
    const { repeatsChance = false } = plan.settings ?? {};
    const place = repeatsChance ? process.name.replaceAll(/\d+/g, '') : this.#processes;
    const random = this.#random(`process-${place}`);
    const storage = this.#disk.viewOf(process, random);
    const ssc = createEngine(
      plan,
      { process, random, storage, log: this.log.of(process.name), life: this.#lives },
      own,
    );
    buildProgram(ssc, {
      plan,
      process,
      sources: this.#sources,
      ledger: this.#ledger,
      random,
      coverage: this.#coverage,
      isFaulty: () => this.#faults.isOn,
    });
    return ssc;
  }

  #endFaults(): void {
    this.#faults.end();
    for (const source of this.#sources) source.isFaulty = false;
    this.log.note('faults are over');
  }

  #isEvicted(): boolean {
    const [left] = this.#evictions;
    if (!this.#faults.isOn || left === undefined) return false;
    if (left > 0) this.#evictions[0] = left - 1;
    else this.#evictions.shift();
    if (left > 0) return false;
    this.#coverage.fault('eviction');
    return true;
  }

  #step(): void {
    this.steps += 1;
    this.#faults.step();
    const [violation] = this.#disk.violations;
    if (violation !== undefined && !this.#hasFailed) this.#violated('WAL-3', violation);
  }

  // The end

  async #finish(): Promise<void> {
    const untilMs = this.clock.nowMs + FINISH_WITHIN_MS;
    while (!this.#hasFailed && !hasFinished(this.#evidence)) {
      if (this.clock.nowMs >= untilMs) return this.#notFinished();
      await this.#pass(100);
    }
    // Windows go on without records, and keys without records go.
    if (this.#plan.program !== undefined) await this.#pass(QUIET_BATCHES * this.#plan.batchIntervalMs);
  }

  /** Nothing comes for a while. Receivers look less often, else most of the time of a run would go there. */
  async #beQuiet(): Promise<void> {
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
    for (const [index, source] of this.#sources.entries()) source.pollMs = often[index] ?? source.pollMs;
    await this.#pass(QUIET_POLL_MS);
  }

  /** The most of everything that is kept over some batches: windows that slide keep more now and less then. */
  async #mostKept(): Promise<Readonly<Record<string, number>>> {
    const most: Record<string, number> = {};
    for (let batch = 0; batch < SLIDES; batch += 1) {
      await this.#pass(this.#plan.batchIntervalMs);
      for (const [name, count] of Object.entries(this.#driver?.ssc.holdings().kept ?? {}))
        most[name] = Math.max(most[name] ?? 0, count);
    }
    return most;
  }

  /** What is lost is told by the promise that it breaks; else nobody knows why it takes so long. */
  #notFinished(): void {
    checkUnfinished(this.#evidence);
    if (!this.#hasFailed) this.#violated('finishes', this.#unfinished());
  }

  #unfinished(): string {
    const sources = this.#sources.map(({ name, produced, acknowledgedBelow, starts }) => {
      const { length } = starts;
      return `${name} produced ${produced}, acknowledged ${acknowledgedBelow}, started ${length} times`;
    });
    return `after ${FINISH_WITHIN_MS} ms without faults not everything has come out: ${sources.join('; ')}`;
  }

  async #readTextFiles(): Promise<void> {
    const { program } = this.#plan;
    if (program !== undefined) await readTextOutputs(program, this.#disk.contents, this.#ledger);
  }

  /** The last stop, with records on the way: REC-4 and STP-1. */
  async #stopGracefully(): Promise<void> {
    const driver = await this.#runningDriver();
    if (driver === undefined) return;
    for (const source of this.#sources) source.produced += 30;
    await this.#pass(25);
    const stored = this.#sources.map(({ starts }) => {
      const { stored: numbers = [], taken = 0 } = starts.at(-1) ?? {};
      return numbers[taken - 1] ?? -1;
    });
    let isClean: boolean | undefined;
    void this.#stop(driver, 10_000).then((clean) => (isClean = clean));
    const untilMs = this.clock.nowMs + 12_000;
    while (isClean === undefined && !this.#hasFailed && this.clock.nowMs < untilMs) await this.#pass(50);
    if (this.#hasFailed) return;
    if (isClean === undefined) return this.#violated('STP-1', 'a graceful stop did not end by its deadline');
    if (!isClean) return this.#violated('REC-4', 'a graceful stop without faults left something behind');
    this.#checkAllStoredCameOut(stored);
    // Receivers may call for a little longer.
    await this.#pass(AFTER_STOP_MS);
    if (!this.#hasFailed) await this.#checkAtRest(driver);
  }

  async #checkAtRest({ process, ssc }: SimDriver): Promise<void> {
    const isLogged = this.#plan.durability !== 'memory';
    const timers = this.clock.waitingFor(process);
    checkAtRest({
      plan: this.#plan,
      ssc,
      timers,
      loggedDoneUpTo: isLogged ? await loggedDoneUpTo(this.#disk.left, process.clock) : undefined,
      openFiles: process.openFiles,
      checkpoints: this.#disk.checkpointsIn(CHECKPOINT_DIRECTORY),
      written: process.checkpointsWritten,
      segments: new Map([...this.#disk.filesIn(LOG_DIRECTORY)].map(([log, names]) => [log, names.length])),
      violated: (promise, what) => this.#violated(promise, what),
    });
  }

  /** A driver that runs and is not being replaced: a stop that began among faults may still be under way. */
  async #runningDriver(): Promise<SimDriver | undefined> {
    const untilMs = this.clock.nowMs + FINISH_WITHIN_MS;
    while (!this.#hasFailed && this.clock.nowMs < untilMs) {
      const driver = this.#driver;
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
      const records = this.#ledger.batches(`raw ${source.name}`).flatMap(([, batch]) => batch);
      const seen = new Set((records as (readonly [number, number])[]).map(([number]) => number));
      if (last >= 0 && !seen.has(last))
        this.#violated('REC-4', `${source.name}: ${last} was stored and did not come out`);
      // What the receiver did not get to store is no loss; it was not taken.
      source.produced = Math.max(0, ...seen) + 1;
    }
  }

  async #stop(driver: SimDriver, deadlineMs: number): Promise<boolean> {
    driver.isStopping = true;
    const begunMs = this.clock.nowMs;
    const report = await driver.ssc.stop({ deadlineMs });
    const tookMs = this.clock.nowMs - begunMs;
    // Closing what is left, each step bounded, comes on top of the deadline.
    if (tookMs > deadlineMs + 2_000)
      this.#violated('STP-1', `a stop took ${tookMs} ms, its deadline was ${deadlineMs}`);
    this.log.note(`${driver.process.name} stopped, ${report.isClean ? 'clean' : 'not clean'}`);
    return report.isClean;
  }
}

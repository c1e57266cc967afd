// A world: sources, a disk, a network, a ledger, and a driver that is restarted after every end, as a process manager
// would do. Phase one has faults. In phase two there are no faults, and the engine must finish: every produced record
// is processed, and then the engine stops as gracefully as it reports.
import {
  ExecutorBackend,
  isMillraceError,
  messageOf,
  type Plugin,
  ProcessRole,
  provide,
  SeededRandom,
} from '@millrace/core';
import type { ExecutorSession } from '@millrace/core/engine';
import { inProcessExecutors, type StreamingContext } from '@millrace/engine';
import { checkKeptParts } from './check-at-rest.ts';
import { checkAlways, checkFinished, type Evidence } from './check-promises.ts';
import { Coverage } from './coverage.ts';
import { decideEvictions } from './fault-hooks.ts';
import { inexcusableCause } from './inexcusable-causes.ts';
import { mayFollowRefusal } from './ends-of-refusal.ts';
import { FaultSchedule } from './fault-schedule.ts';
import { hearCounts } from './hear-counts.ts';
import { hearMissed } from './hear-missed.ts';
import { lookAfterHeldBatches } from './held-batches.ts';
import { Ledger } from './ledger.ts';
import type { Plan } from './plan.ts';
import { SimClock } from './sim-clock.ts';
import { SimDisk } from './sim-disk.ts';
import type { SimDriver } from './sim-driver.ts';
import { CHECKPOINT_DIRECTORY, createEngine } from './sim-engine.ts';
import { DriverEpochs } from './driver-epochs.ts';
import { type DriverInCharge, SimExecutors } from './sim-executors.ts';
import { SimLog } from './sim-log.ts';
import { SimNetwork } from './sim-network.ts';
import { SimProcess } from './sim-process.ts';
import { buildProgram } from './sim-program.ts';
import { readTextOutputs } from './program/read-text-outputs.ts';
import { SimSource } from './sim-source.ts';
import { SimSinks } from './program/sinks/sim-sinks.ts';
import { FINISH_WITHIN_MS, WorldEnd } from './world-end.ts';

/** A promise that was broken. */
export interface Violation {
  /** The id of the promise, or `finishes`. */
  readonly promise: string;
  readonly what: string;
  /** Virtual time since the beginning, in ms. */
  readonly atMs: number;
}

/** The options of a world. */
export interface WorldOptions {
  readonly coverage?: Coverage;
  /** Gets every log line. */
  readonly write?: (line: string) => void;
  /** A stopped world that this one continues, with its disk, sources and output so far. */
  readonly after?: SimWorld;
}

/** Later than the sum of all clock steps of a plan, because systems refuse a time before 1970. */
const START_MS = 10_000_000;
const RESTART_AFTER_MS = 100;
const LOAD_EVERY_MS = 20;
/**
 * The time, in ms, that an engine may run after a permanent refusal of its disk: until the engine reports the error,
 * after this many slow operations and messages; then until the engine has stopped.
 */
const REFUSED_MS = 60;
const REFUSED_STEPS = 10;
const REFUSED_STOP_MS = 5_000;

/** A world; see the header of this file. Runs once. */
export class SimWorld {
  readonly clock: SimClock;
  readonly log: SimLog;
  readonly violations: Violation[];
  readonly #plan: Plan;
  readonly #coverage: Coverage;
  readonly #network: SimNetwork;
  readonly #ledger: Ledger;
  readonly #sinks: SimSinks;
  readonly #sources: readonly SimSource[];
  readonly #evidence: Evidence;
  readonly #end: WorldEnd;
  readonly #outside: { isAlive: boolean } = { isAlive: true };
  readonly #disk: SimDisk;
  readonly #faults: FaultSchedule;
  #driver: SimDriver | undefined;
  #lives = 0;
  /** The last executor launched for each place, over all drivers. */
  readonly #places = new Map<number, SimProcess>();
  #inCharge: DriverInCharge | undefined;
  /** Called for a driver that could not start. */
  #onRefused: ((error: unknown) => void) | undefined;
  readonly #epochs: DriverEpochs;
  readonly #evictions: number[];
  #processes = 0;
  readonly #alive = new Set<SimProcess>();
  /** The number of steps. */
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
        ? new SimNetwork(this.clock, this.#random('network'), this.#coverage, {
            deathsAreSilent: plan.settings?.deathsAreSilent === true,
          })
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
    this.#sinks = after === undefined ? this.#makeSinks(violated) : after.#sinks;
    this.#sinks.onDeath = (death) => this.#faults.strike(death);
    this.#sinks.onRepartitioned = () => this.#makeWayForRepartitioned();
    const sources = () =>
      plan.streams.map(
        (stream, index) =>
          new SimSource({
            name: `source-${index}`,
            plan: stream,
            maxHeldRecords: plan.settings?.maxHeldRecords,
            random: this.#random(`source-${index}`),
            coverage: this.#coverage,
            nowMs: () => this.clock.nowMs,
            violated,
          }),
      );
    this.#sources = after === undefined ? sources() : after.#sources;
    this.#disk.onRefused = () => this.#refused();
    this.#evictions = [...(plan.evictions ?? [])];
    this.#epochs = new DriverEpochs({ isKept: plan.durability !== 'memory' || plan.checkpoints, violated });
    this.#evidence = { plan, sources: this.#sources, ledger: this.#ledger, violated };
    this.#end = new WorldEnd({
      evidence: this.#evidence,
      clock: this.clock,
      disk: this.#disk,
      driver: () => this.#driver,
      hasFailed: () => this.#hasFailed,
      pass: (ms) => this.#pass(ms),
      stop: (driver, deadlineMs) => this.#stop(driver, deadlineMs),
    });
  }

  #makeSinks(violated: (promise: string, what: string) => void): SimSinks {
    return new SimSinks({
      disk: this.#disk,
      random: this.#random('sinks'),
      coverage: this.#coverage,
      ledger: this.#ledger,
      violated,
    });
  }

  /** Runs the whole plan; the first broken promise ends the run. Resolves with all promises broken by then. */
  async run(): Promise<readonly Violation[]> {
    this.#faults.begin();
    decideEvictions(this.#plan.evictions === undefined ? undefined : () => this.#isEvicted());
    this.#startDriver();
    this.#produce();
    this.#watchCheckpoints();
    await this.#pass(this.#plan.loadMs);
    if (!this.#hasFailed) checkAlways(this.#evidence);
    this.#endFaults();
    if (!this.#hasFailed) await this.#end.finish();
    if (!this.#hasFailed) await this.#end.beQuiet();
    if (!this.#hasFailed) await this.#end.stopGracefully();
    if (!this.#hasFailed) await this.#readWhatIsOutside();
    if (!this.#hasFailed) checkFinished(this.#evidence);
    this.#disk.countFaults();
    decideEvictions(undefined);
    this.#outside.isAlive = false;
    this.#driver?.process.kill();
    return this.violations;
  }

  /** Starts a driver that must be refused with a code. */
  async runRefused(code: string): Promise<readonly Violation[]> {
    let refusal: unknown;
    this.#onRefused = (error) => (refusal = error ?? new TypeError('the engine ended without an error'));
    this.#startDriver();
    const untilMs = this.clock.nowMs + FINISH_WITHIN_MS;
    while (refusal === undefined && this.#driver?.ssc.state !== 'ACTIVE' && this.clock.nowMs < untilMs)
      await this.#pass(50);
    if (!isMillraceError(refusal, code)) {
      const got = refusal === undefined ? 'it was accepted' : `it was refused with ${messageOf(refusal)}`;
      this.#violated('STA-1', `a changed program must be refused with ${code}, but ${got}`);
    }
    this.#driver?.process.kill();
    return this.violations;
  }

  /** Releases the resources of the real machine. Nothing runs afterwards. */
  close(): void {
    this.#sinks.close();
  }

  /** Equal runs have equal fingerprints. */
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
    const { lull } = this.#plan;
    const runMs = this.clock.nowMs - START_MS;
    const isSilent = lull !== undefined && runMs >= lull.fromMs && runMs < lull.fromMs + lull.forMs;
    for (const [index, source] of isSilent ? [] : this.#sources.entries()) {
      const perSecond = this.#plan.streams[index]?.recordsPerSecond ?? 0;
      source.produced += Math.max(1, Math.round((perSecond * LOAD_EVERY_MS) / 1_000));
    }
    this.#after(LOAD_EVERY_MS, () => {
      if (this.#faults.isOn) this.#produce();
    });
  }

  /** Failing disk operations and damaged checkpoints must leave kept checkpoints whole. */
  #watchCheckpoints(): void {
    const { checkpoints, failing = [], damages = [], batchIntervalMs, settings = {} } = this.#plan;
    const isWatched = checkpoints && failing.length + damages.length > 0;
    if (!isWatched || !this.#faults.isOn || this.#hasFailed) return;
    if (!this.#disk.hasLostPower) {
      const violated = (promise: string, what: string) => this.#violated(promise, what);
      checkKeptParts(this.#disk.checkpointsIn(CHECKPOINT_DIRECTORY), settings.checkpointsKept ?? 3, violated);
    }
    this.#after(batchIntervalMs / 2, () => this.#watchCheckpoints());
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
    const process = this.#process(`driver-${this.#lives}`);
    this.#faults.driverBegins(this.#lives, process.name);
    this.log.note(`${process.name} starts`);
    this.#ledger.driverBegins();
    this.#sinks.driverBegins();
    const executors =
      this.#plan.executors === 0
        ? undefined
        : new SimExecutors({
            count: executorsIn(this.#plan, this.#lives),
            clock: this.clock,
            network: this.#network,
            driver: process,
            places: this.#places,
            outliveMs: () => (this.#faults.isOn ? (this.#plan.outliveMs ?? 0) : 0),
            onOutlived: () => this.#coverage.fault('outliving-executor'),
            takeCharge: (inCharge) => (this.#inCharge = inCharge),
            inCharge: () => this.#inCharge,
            onEpoch: (epoch) => this.#epochs.note(process.name, epoch),
            spawn: (name, session) => this.#spawn(name, session),
          });
    const backend =
      executors === undefined ? inProcessExecutors({ executors: 2 }) : provide(ExecutorBackend, executors);
    const ssc = this.#context(process, [backend]);
    const driver: SimDriver = {
      process,
      ssc,
      executors,
      hasSeenFaults: this.#faults.isOn,
      isStopping: false,
      isRefused: false,
      hasFailed: false,
    };
    this.#driver = driver;
    this.#hearSkipped(driver);
    ssc.on('streaming:failed', () => void (driver.hasFailed = true));
    hearCounts(driver, this.#evidence);
    process.onDeath(() => this.log.note(`${process.name} is dead`));
    const startedMs = this.clock.wallMs;
    this.#ledger.driverStarts(startedMs);
    ssc.start().then(
      () => {
        this.#ledger.driverRuns(startedMs, this.clock.wallMs);
        this.#watch(driver);
      },
      (error: unknown) => this.#ended(driver, error),
    );
  }

  /** An operator retries held batches, also during a stop; an engine that ends is started again. */
  #watch(driver: SimDriver): void {
    const { ssc } = driver;
    ssc.awaitTermination().then(
      () => this.#ended(driver),
      (error: unknown) => this.#ended(driver, error),
    );
    const isFaulty = () => this.#faults.isOn;
    lookAfterHeldBatches(driver, { plan: this.#plan, clock: this.clock, isFaulty });
  }

  /** BAT-5: a skipped batch is reported, and skipped only where requested. */
  #hearSkipped({ ssc, process }: SimDriver): void {
    const { ledger, violated } = this.#evidence;
    hearMissed({ ssc, process }, { ledger, violated, limit: this.#plan.settings?.missedBatches });
    ssc.on('batch:completed', ({ batch: { batchTime, outcome } }) => {
      if (outcome !== 'skipped' || !process.isAlive) return;
      this.#ledger.skips(batchTime);
      const { onBatchFailure } = this.#plan;
      if (onBatchFailure !== 'skip')
        this.#violated('BAT-5', `batch ${batchTime} was skipped, and onBatchFailure is ${onBatchFailure}`);
    });
  }

  #ended(driver: SimDriver, error?: unknown): void {
    if (this.#driver !== driver || !driver.process.isAlive || driver.isStopping) return;
    const code = isMillraceError(error) ? `${error.code}: ${error.message}` : messageOf(error);
    this.log.note(`${driver.process.name} ended: ${code}`);
    if (this.#onRefused !== undefined) return this.#onRefused(error);
    if (driver.isRefused && !mayFollowRefusal(error))
      this.#violated('for good', `an engine with a permanent refusal of its disk ended with ${code}`);
    // An engine that has seen faults may still end because of them.
    if (!driver.hasSeenFaults) this.#violated('finishes', `an engine without faults ended with ${code}`);
    driver.process.kill();
    this.#restartAfter(driver, RESTART_AFTER_MS);
  }

  /** The disk has refused an operation permanently: the running engine must stop with this error. */
  #refused(): void {
    const driver = this.#driver;
    if (driver === undefined) return;
    driver.isRefused = true;
    const { disk, channels } = this.#plan;
    const hearsMs = REFUSED_MS + REFUSED_STEPS * ((disk.slowMs ?? 0) + (channels.delayMs ?? 0));
    const endsWithin = (ms: number, isOver: () => boolean) =>
      this.#after(ms, () => {
        if (this.#driver !== driver || !driver.process.isAlive || driver.isStopping || isOver()) return;
        this.#violated('for good', `an engine still runs ${ms} ms after a permanent refusal of its disk`);
      });
    endsWithin(hearsMs, () => driver.hasFailed || driver.ssc.state !== 'ACTIVE');
    endsWithin(hearsMs + REFUSED_STOP_MS, () => false);
  }

  #restartAfter(driver: SimDriver, ms: number): void {
    this.#after(ms, () => {
      if (this.#driver === driver) this.#startDriver();
    });
  }

  /** A process that runs a copy of the program as an executor. */
  #spawn(name: string, session: ExecutorSession): SimProcess {
    const process = this.#process(name);
    const ssc = this.#context(process, [provide(ProcessRole, { executor: session })]);
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
      {
        process,
        random,
        storage,
        log: this.log.of(process.name),
        life: this.#lives,
        violated: (promise, what) => this.#violated(promise, what),
      },
      own,
    );
    buildProgram(ssc, {
      plan,
      process,
      sources: this.#sources,
      ledger: this.#ledger,
      sinks: this.#sinks,
      storage,
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
    this.#sinks.step();
    const [violation] = this.#disk.violations;
    if (violation !== undefined && !this.#hasFailed) this.#violated('WAL-3', violation);
  }

  async #readWhatIsOutside(): Promise<void> {
    const { program } = this.#plan;
    if (program === undefined) return;
    await readTextOutputs(program, this.#disk.left, this.#ledger);
    await this.#sinks.finish(program);
  }

  /** A sink has refused a batch for its number of partitions: an operator stops the driver and removes the obstacle. */
  #makeWayForRepartitioned(): void {
    const driver = this.#driver;
    if (driver === undefined || !driver.process.isAlive) return;
    this.log.note(
      `an operator ends ${driver.process.name} because a batch has another number of partitions than before`,
    );
    driver.process.kill();
    this.#after(RESTART_AFTER_MS, () => {
      if (this.#driver !== driver) return;
      void this.#sinks.removeRefused().then(() => this.#startDriver());
    });
  }

  async #stop(driver: SimDriver, deadlineMs: number): Promise<boolean> {
    driver.isStopping = true;
    const begunMs = this.clock.nowMs;
    const report = await driver.ssc.stop({ deadlineMs });
    const tookMs = this.clock.nowMs - begunMs;
    // Closing the remaining resources, in bounded steps, comes on top of the deadline.
    if (tookMs > deadlineMs + 2_000)
      this.#violated('STP-1', `a stop took ${tookMs} ms with a deadline of ${deadlineMs}`);
    // Pending work is awaited, with the disk in its current state.
    for (const close of driver.process.closing) await close();
    this.log.note(`${driver.process.name} stopped, ${report.isClean ? 'clean' : 'not clean'}`);
    return report.isClean;
  }
}

/** The number of executors in one life of the driver, from 1. */
function executorsIn({ executors, executorsByLife = [executors] }: Plan, life: number): number {
  return executorsByLife[(life - 1) % executorsByLife.length] ?? executors;
}

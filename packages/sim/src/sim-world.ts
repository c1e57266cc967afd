// A world: sources, a disk, a network, a ledger, and a driver that is restarted after every end (`driver-lives.ts`). Phase
// one has faults. In phase two there are no faults, and the engine must finish: every produced record is processed, and
// then the engine stops as gracefully as it reports.
import { isMillraceError, messageOf, SeededRandom } from '@millrace/core';
import { checkKeptParts } from './check-at-rest.ts';
import { checkAlways, checkFinished } from './check-promises.ts';
import type { Evidence } from './evidence.ts';
import { Coverage } from './coverage.ts';
import { decideEvictions } from './fault-hooks.ts';
import { inexcusableCause } from './inexcusable-causes.ts';
import { FaultSchedule } from './fault-schedule.ts';
import { hearCounts } from './hear-counts.ts';
import { hearMissed } from './hear-missed.ts';
import { keepsMemory } from './keeps-memory.ts';
import { Ledger } from './ledger.ts';
import type { Plan } from './plan.ts';
import { SimClock } from './sim-clock.ts';
import { SimDisk } from './sim-disk.ts';
import type { SimDriver } from './sim-driver.ts';
import { CHECKPOINT_DIRECTORY } from './sim-engine.ts';
import { DriverEpochs } from './driver-epochs.ts';
import { DriverLives, RESTART_AFTER_MS } from './driver-lives.ts';
import { SimLog } from './sim-log.ts';
import { SimNetwork } from './sim-network.ts';
import { readTextOutputs } from './program/read-text-outputs.ts';
import { SimSource } from './sim-source.ts';
import { SimSinks } from './program/sinks/sim-sinks.ts';
import { sinkTargetsOf } from './program/sinks/sink-targets.ts';
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
const LOAD_EVERY_MS = 20;
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
  readonly #lives: DriverLives;
  readonly #evictions: number[];
  readonly #beganMs: number;
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
    this.steps = after?.steps ?? 0;
    this.#beganMs = this.clock.nowMs;
    this.#faults = new FaultSchedule({
      plan,
      disk: this.#disk,
      network: this.#network,
      clock: this.clock,
      coverage: this.#coverage,
      killAll: () => this.#lives.killAll(),
      driver: () => this.#lives.driver,
      restartAfter: (driver, ms) => this.#lives.restartAfter(driver, ms),
      stop: (driver, deadlineMs) => this.#lives.stop(driver, deadlineMs),
      after: (ms, callback) => this.#after(ms, callback),
    });
    this.log.onBatchFailed = (error) => {
      const cause = inexcusableCause(error);
      if (cause !== undefined && !this.#hasFailed) this.#violated('finishes', `a batch failed of ${cause}`);
    };
    const violated = (promise: string, what: string) => this.#violated(promise, what);
    this.#ledger = after === undefined ? new Ledger(violated) : after.#ledger;
    this.#sinks = after === undefined ? this.#makeSinks(violated) : after.#sinks;
    this.#sinks.onDeath = (death) => {
      if (this.#faults.strike(death)) this.#loseMemory();
    };
    this.#disk.onRenamed = (to) => this.#sinks.renamed(to);
    this.#sinks.onRefused = () => this.#makeWayForRefused();
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
    this.#disk.onRefused = () => this.#lives.onRefusedForGood();
    this.#evictions = [...(plan.evictions ?? [])];
    this.#evidence = { plan, sources: this.#sources, ledger: this.#ledger, violated };
    this.#lives = new DriverLives({
      plan,
      clock: this.clock,
      log: this.log,
      coverage: this.#coverage,
      disk: this.#disk,
      network: this.#network,
      faults: this.#faults,
      ledger: this.#ledger,
      sinks: this.#sinks,
      sources: this.#sources,
      epochs: new DriverEpochs({ isKept: plan.durability !== 'memory' || plan.checkpoints, violated }),
      before: after === undefined ? undefined : after.#lives,
      random: (part) => this.#random(part),
      violated,
      after: (ms, callback) => this.#after(ms, callback),
      onStep: () => this.#step(),
      onDriver: (driver) => {
        this.#hearSkipped(driver);
        hearCounts(driver, this.#evidence);
      },
    });
    this.#end = new WorldEnd({
      evidence: this.#evidence,
      clock: this.clock,
      disk: this.#disk,
      driver: () => this.#lives.driver,
      hasFailed: () => this.#hasFailed,
      pass: (ms) => this.#pass(ms),
      stop: (driver, deadlineMs) => this.#lives.stop(driver, deadlineMs),
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
    this.#lives.start();
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
    if (!keepsMemory(this.#plan)) for (const source of this.#sources) source.lostBelow = source.produced;
    this.#disk.countFaults();
    decideEvictions(undefined);
    this.#outside.isAlive = false;
    this.#lives.driver?.process.kill();
    return this.violations;
  }

  /** Starts a driver that must be refused with a code. */
  async runRefused(code: string): Promise<readonly Violation[]> {
    let refusal: unknown;
    this.#lives.onNotStarted = (error) =>
      (refusal = error ?? new TypeError('the engine ended without an error'));
    this.#lives.start();
    const untilMs = this.clock.nowMs + FINISH_WITHIN_MS;
    while (refusal === undefined && this.#lives.driver?.ssc.state !== 'ACTIVE' && this.clock.nowMs < untilMs)
      await this.#pass(50);
    if (!isMillraceError(refusal, code)) {
      const got = refusal === undefined ? 'it was accepted' : `it was refused with ${messageOf(refusal)}`;
      this.#violated('STA-1', `a changed program must be refused with ${code}, but ${got}`);
    }
    this.#lives.driver?.process.kill();
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
    const runMs = this.clock.nowMs - this.#beganMs;
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

  // Drivers

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

  #endFaults(): void {
    this.#faults.end();
    for (const source of this.#sources) {
      source.isFaulty = false;
      source.producedInFaults = source.produced;
    }
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
    const [trespass] = this.#disk.trespasses;
    if (trespass !== undefined && !this.#hasFailed) this.#violated('sinks', trespass);
  }

  async #readWhatIsOutside(): Promise<void> {
    const { program } = this.#plan;
    if (program !== undefined) await readTextOutputs(program, this.#disk.left, this.#ledger);
    await this.#sinks.finish(sinkTargetsOf(this.#plan));
  }

  /** A sink has refused a batch for good: an operator stops the driver and removes the obstacle. */
  #makeWayForRefused(): void {
    const { driver } = this.#lives;
    if (driver === undefined || !driver.process.isAlive) return;
    this.log.note(`an operator ends ${driver.process.name} because a sink refuses a batch for good`);
    driver.process.kill();
    this.#loseMemory();
    this.#after(RESTART_AFTER_MS, () => {
      if (this.#lives.driver !== driver) return;
      void this.#sinks.makeWay().then(() => this.#lives.start());
    });
  }

  /** A process was killed: a source that sends each record once does not send again what the process held. */
  #loseMemory(): void {
    for (const source of this.#sources) source.lostBelow = source.produced;
  }
}

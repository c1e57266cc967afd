// The lives of the driver in a world, one process after the other, as a process manager would run them: a driver that has
// ended is started again. Each driver has a context of its own, and executors with copies of the program.
import {
  ExecutorBackend,
  isMillraceError,
  messageOf,
  type Plugin,
  ProcessRole,
  provide,
  type SeededRandom,
} from '@millrace/core';
import type { ExecutorSession } from '@millrace/core/engine';
import { inProcessExecutors, type StreamingContext } from '@millrace/engine';
import { checkAllocation } from './check-allocation.ts';
import type { Coverage } from './coverage.ts';
import type { DriverEpochs } from './driver-epochs.ts';
import { isRefusal, mayFollowRefusal } from './ends-of-refusal.ts';
import type { FaultSchedule } from './fault-schedule.ts';
import { lookAfterHeldBatches } from './held-batches.ts';
import type { Ledger } from './ledger.ts';
import type { Plan } from './plan.ts';
import type { SimSinks } from './program/sinks/sim-sinks.ts';
import type { SimClock } from './sim-clock.ts';
import type { SimDisk } from './sim-disk.ts';
import type { SimDriver } from './sim-driver.ts';
import { createEngine } from './sim-engine.ts';
import { type DriverInCharge, SimExecutors } from './sim-executors.ts';
import type { SimLog } from './sim-log.ts';
import type { SimNetwork } from './sim-network.ts';
import { SimProcess } from './sim-process.ts';
import { watchGauges } from './watch-gauges.ts';
import { letterSink } from './record-errors-program.ts';
import { buildProgram } from './sim-program.ts';
import type { SimSource } from './sim-source.ts';

/** The parts of the world that drivers live in. */
export interface DriverLivesDeps {
  readonly plan: Plan;
  readonly clock: SimClock;
  readonly log: SimLog;
  readonly coverage: Coverage;
  readonly disk: SimDisk;
  readonly network: SimNetwork;
  readonly faults: FaultSchedule;
  readonly ledger: Ledger;
  readonly sinks: SimSinks;
  readonly sources: readonly SimSource[];
  readonly epochs: DriverEpochs;
  /** Lives of drivers and processes of a world that this one continues. */
  readonly before: { readonly lives: number; readonly processes: number } | undefined;
  /** A source of chance for one part of the world. */
  readonly random: (part: string) => SeededRandom;
  readonly violated: (promise: string, what: string) => void;
  /** Calls the callback after this time, in ms. */
  readonly after: (ms: number, callback: () => void) => void;
  /** Called at each step of a process. */
  readonly onStep: () => void;
  /** Called with each driver before its start. */
  readonly onDriver: (driver: SimDriver) => void;
}

/** The time after the end of a driver until the next one starts, in ms. */
export const RESTART_AFTER_MS = 100;

/**
 * The time, in ms, that an engine may run after a permanent refusal of its disk: until the engine reports the error,
 * after this many slow operations and messages; then until the engine has stopped.
 */
const REFUSED_MS = 60;
const REFUSED_STEPS = 10;
const REFUSED_STOP_MS = 5_000;
/** A log whose mend fails once, and once more, meets the refusal again after this time: 100 ms and 200 ms later. */
const MENDS_MS = 300;

/** See the header of this file. */
export class DriverLives {
  readonly #deps: DriverLivesDeps;
  #driver: SimDriver | undefined;
  #lives: number;
  #processes: number;
  /** The last executor launched for each place, over all drivers. */
  readonly #places = new Map<number, SimProcess>();
  #inCharge: DriverInCharge | undefined;
  readonly #alive = new Set<SimProcess>();
  /** Called instead of a restart for a driver that ended, when set. */
  onNotStarted: ((error: unknown) => void) | undefined;

  constructor(deps: DriverLivesDeps) {
    this.#deps = deps;
    this.#lives = deps.before?.lives ?? 0;
    this.#processes = deps.before?.processes ?? 0;
  }

  /** The current driver; undefined before the first. */
  get driver(): SimDriver | undefined {
    return this.#driver;
  }

  /** The number of drivers so far. */
  get lives(): number {
    return this.#lives;
  }

  /** The number of processes with a copy of the program so far. */
  get processes(): number {
    return this.#processes;
  }

  #process(name: string): SimProcess {
    const process = new SimProcess({ name, clock: this.#deps.clock, onStep: () => this.#deps.onStep() });
    this.#alive.add(process);
    process.onDeath(() => this.#alive.delete(process));
    return process;
  }

  /** Ends every process of the machine. */
  killAll(): void {
    for (const process of this.#alive) process.kill();
  }

  /** Starts the next driver. */
  start(): void {
    this.#lives += 1;
    const process = this.#process(`driver-${this.#lives}`);
    this.#deps.faults.driverBegins(this.#lives, process.name);
    this.#deps.log.note(`${process.name} starts`);
    this.#deps.ledger.driverBegins();
    this.#deps.sinks.driverBegins();
    const executors =
      this.#deps.plan.executors === 0
        ? undefined
        : new SimExecutors({
            count: executorsIn(this.#deps.plan, this.#lives),
            clock: this.#deps.clock,
            network: this.#deps.network,
            driver: process,
            places: this.#places,
            outliveMs: () => (this.#deps.faults.isOn ? (this.#deps.plan.outliveMs ?? 0) : 0),
            onOutlived: () => this.#deps.coverage.fault('outliving-executor'),
            takeCharge: (inCharge) => (this.#inCharge = inCharge),
            inCharge: () => this.#inCharge,
            onEpoch: (epoch) => this.#deps.epochs.note(process.name, epoch),
            onScaled: (wanted, change) =>
              checkAllocation(this.#deps.plan, { wanted, change }, this.#deps.violated),
            spawn: (name, session) => this.#spawn(name, session),
          });
    const backend =
      executors === undefined ? inProcessExecutors({ executors: 2 }) : provide(ExecutorBackend, executors);
    const ssc = this.#context(process, [backend]);
    const driver: SimDriver = {
      process,
      ssc,
      executors,
      hasSeenFaults: this.#deps.faults.isOn,
      isStopping: false,
      isRefused: false,
      hasRefusedExecutor: false,
      hasFailed: false,
    };
    this.#driver = driver;
    ssc.on('streaming:failed', () => void (driver.hasFailed = true));
    this.#deps.onDriver(driver);
    process.onDeath(() => this.#deps.log.note(`${process.name} is dead`));
    const startedMs = this.#deps.clock.wallMs;
    this.#deps.ledger.driverStarts(startedMs);
    ssc.start().then(
      () => {
        this.#deps.ledger.driverRuns(startedMs, this.#deps.clock.latestWallMs);
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
    const isFaulty = () => this.#deps.faults.isOn;
    const { plan, clock, violated } = this.#deps;
    lookAfterHeldBatches(driver, { plan, clock, isFaulty });
    const random = this.#deps.random(`gauges-${this.#lives}`);
    watchGauges(driver, { plan, clock, random, violated });
  }

  #ended(driver: SimDriver, error?: unknown): void {
    if (this.#driver !== driver || !driver.process.isAlive || driver.isStopping) return;
    const code = isMillraceError(error) ? `${error.code}: ${error.message}` : messageOf(error);
    this.#deps.log.note(`${driver.process.name} ended: ${code}`);
    if (this.onNotStarted !== undefined) return this.onNotStarted(error);
    if (driver.isRefused && !mayFollowRefusal(error, driver))
      this.#deps.violated('for good', `an engine with a permanent refusal of its disk ended with ${code}`);
    // An engine that has seen faults may still end because of them.
    if (!driver.hasSeenFaults) this.#deps.violated('finishes', `an engine without faults ended with ${code}`);
    driver.process.kill();
    this.restartAfter(driver, RESTART_AFTER_MS);
  }

  /** Starts another driver after this time, unless one exists by then. */
  restartAfter(driver: SimDriver, ms: number): void {
    this.#deps.after(ms, () => {
      if (this.#driver === driver) this.start();
    });
  }

  /** A process that runs a copy of the program as an executor. */
  #spawn(name: string, session: ExecutorSession): SimProcess {
    const process = this.#process(name);
    const ssc = this.#context(process, [provide(ProcessRole, { executor: session })]);
    ssc.start().catch((error: unknown) => {
      this.#deps.log.note(`${name} could not start: ${messageOf(error)}`);
      if (this.#driver !== undefined && isRefusal(error)) this.#driver.hasRefusedExecutor = true;
      process.kill();
    });
    return process;
  }

  #context(process: SimProcess, own: readonly Plugin[]): StreamingContext {
    const plan = this.#deps.plan;
    this.#processes += 1;
    const { repeatsChance = false } = plan.settings ?? {};
    const place = repeatsChance ? process.name.replaceAll(/\d+/g, '') : this.#processes;
    const random = this.#deps.random(`process-${place}`);
    const storage = this.#deps.disk.viewOf(process, random);
    const setup = {
      plan,
      process,
      sources: this.#deps.sources,
      ledger: this.#deps.ledger,
      sinks: this.#deps.sinks,
      storage,
      random,
      coverage: this.#deps.coverage,
      isFaulty: () => this.#deps.faults.isOn,
    };
    const ssc = createEngine(
      plan,
      {
        process,
        random,
        storage,
        log: this.#deps.log.of(process.name),
        life: this.#lives,
        deadLetters: plan.recordErrors?.reaction === 'dead-letter' ? letterSink(setup) : undefined,
        violated: (promise, what) => this.#deps.violated(promise, what),
      },
      own,
    );
    buildProgram(ssc, setup);
    return ssc;
  }

  /** The disk has refused an operation permanently: the running engine must stop with this error. */
  onRefusedForGood(): void {
    const driver = this.#driver;
    if (driver === undefined) return;
    driver.isRefused = true;
    const { disk, channels } = this.#deps.plan;
    const mayFailOnce = [disk.append, disk.sync, disk.other].some((rate = 0) => rate > 0);
    const hearsMs =
      REFUSED_MS +
      (mayFailOnce ? MENDS_MS : 0) +
      REFUSED_STEPS * ((disk.slowMs ?? 0) + (channels.delayMs ?? 0));
    const endsWithin = (ms: number, isOver: () => boolean) =>
      this.#deps.after(ms, () => {
        if (this.#driver !== driver || !driver.process.isAlive || driver.isStopping || isOver()) return;
        this.#deps.violated(
          'for good',
          `an engine still runs ${ms} ms after a permanent refusal of its disk`,
        );
      });
    endsWithin(hearsMs, () => driver.hasFailed || driver.ssc.state !== 'ACTIVE');
    endsWithin(hearsMs + REFUSED_STOP_MS, () => false);
  }

  /** Stops a driver gracefully; returns whether nothing was left behind. */
  async stop(driver: SimDriver, deadlineMs: number): Promise<boolean> {
    driver.isStopping = true;
    const begunMs = this.#deps.clock.nowMs;
    const report = await driver.ssc.stop({ deadlineMs });
    const tookMs = this.#deps.clock.nowMs - begunMs;
    // Closing the remaining resources, in bounded steps, comes on top of the deadline.
    if (tookMs > deadlineMs + 2_000)
      this.#deps.violated('STP-1', `a stop took ${tookMs} ms with a deadline of ${deadlineMs}`);
    // Pending work is awaited, with the disk in its current state.
    for (const close of driver.process.closing) await close();
    this.#deps.log.note(`${driver.process.name} stopped, ${report.isClean ? 'clean' : 'not clean'}`);
    return report.isClean;
  }
}

/** The number of executors in one life of the driver, from 1. */
function executorsIn({ executors, executorsByLife = [executors] }: Plan, life: number): number {
  return executorsByLife[(life - 1) % executorsByLife.length] ?? executors;
}

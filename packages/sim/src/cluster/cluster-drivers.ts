// The drivers of a simulated cluster: each machine runs one process after the other, as its process manager would.
import { isMillraceError, messageOf } from '@millrace/core';
import type { StreamingContext } from '@millrace/engine';
import type { SimProcess } from '../sim-process.ts';
import { createClusterEngine } from './cluster-engine.ts';
import type { ClusterParts } from './cluster-parts.ts';
import type { MachineChoice } from './cluster-plan.ts';
import { buildClusterProgram } from './cluster-program.ts';
import type { Machine } from './machine.ts';

/** The parts of the world that drivers live in. */
export interface ClusterDriversDeps extends ClusterParts {
  /** True when the lease has had another term since the one of this epoch. */
  readonly isReplacedAfter: (epoch: number) => boolean;
  /** True for a driver that may still end because of a fault. */
  readonly mayEnd: () => boolean;
}

/** One life of a driver. */
export interface ClusterDriver {
  readonly machine: Machine;
  readonly process: SimProcess;
  readonly ssc: StreamingContext;
  /** The epoch; undefined until the driver is in charge. */
  epoch: number | undefined;
  /** The driver ended by itself, or was stopped. */
  hasEnded: boolean;
  isStopping: boolean;
}

/** The time after the end of a driver until its machine starts the next one, in ms. */
const RESTART_MS = 300;
/** A driver that comes in charge so soon after a hand-over got the lease by it, in ms. */
const HANDED_OVER_MS = 1_500;

/** See the header of this file. */
export class ClusterDrivers {
  readonly #deps: ClusterDriversDeps;
  readonly #current = new Map<string, ClusterDriver>();
  /** True when no machine starts another driver. */
  isOver = false;
  #newestEpoch = 0;
  /** The time of the newest hand-over. */
  #handedOverMs = Number.NEGATIVE_INFINITY;

  constructor(deps: ClusterDriversDeps) {
    this.#deps = deps;
  }

  /** The current drivers, one for each machine at most. */
  get all(): readonly ClusterDriver[] {
    return [...this.#current.values()];
  }

  /** The driver with the highest epoch that runs; undefined: none. */
  get inCharge(): ClusterDriver | undefined {
    const running = this.all.filter(
      ({ process, epoch, hasEnded }) => process.isAlive && epoch !== undefined && !hasEnded,
    );
    return running.toSorted((one, other) => (other.epoch ?? 0) - (one.epoch ?? 0))[0];
  }

  /** The machine of a choice. */
  machineOf(choice: MachineChoice): Machine {
    const [a, b] = this.#deps.machines as [Machine, Machine];
    if (choice === 'a' || choice === 'b') return choice === 'a' ? a : b;
    const inCharge = this.inCharge?.machine ?? a;
    if (choice === 'in-charge') return inCharge;
    return inCharge === a ? b : a;
  }

  /** The driver on a machine. */
  on(machine: Machine): ClusterDriver | undefined {
    return this.#current.get(machine.name);
  }

  /** Starts a driver on a machine, unless one runs. */
  start(machine: Machine): void {
    const { plan, log, outputs, sources, random } = this.#deps;
    if (this.isOver || this.on(machine)?.process.isAlive === true) return;
    const process = machine.spawn();
    log.note(`${process.name} starts`);
    const chance = random(`process-${process.name}`);
    const ssc = createClusterEngine(plan, { process, random: chance, log: log.of(process.name), machine });
    buildClusterProgram(ssc, { plan, process, random: random(`program-${process.name}`), sources, outputs });
    const driver: ClusterDriver = {
      machine,
      process,
      ssc,
      epoch: undefined,
      hasEnded: false,
      isStopping: false,
    };
    this.#current.set(machine.name, driver);
    this.#hear(driver);
    process.onDeath(() => log.note(`${process.name} is dead`));
    ssc.start().then(
      () =>
        ssc.awaitTermination().then(
          () => this.#ended(driver),
          (error: unknown) => this.#ended(driver, error),
        ),
      (error: unknown) => this.#ended(driver, error),
    );
  }

  /** Starts a driver on a machine after a while. */
  startLater(machine: Machine, ms = RESTART_MS): void {
    this.#deps.after(ms, () => this.start(machine));
  }

  /** Stops a driver; true: nothing was left behind. */
  async stop(driver: ClusterDriver, handOver: boolean): Promise<boolean> {
    const { log } = this.#deps;
    driver.isStopping = true;
    const report = await driver.ssc.stop({ handOver, deadlineMs: 10_000 });
    if (handOver) this.#handedOverMs = this.#deps.clock.nowMs;
    log.note(`${driver.process.name} stopped, ${report.isClean ? 'clean' : 'not clean'}`);
    return report.isClean;
  }

  #hear(driver: ClusterDriver): void {
    const { ssc, process } = driver;
    const { counts, violated, log } = this.#deps;
    /** Executors that came before the driver has said its epoch: a driver in doubt says the epoch later. */
    let early: string[] = [];
    const checkEpochOf = (executorId: string): void => {
      if (epochOf(executorId) !== driver.epoch)
        violated('BACKEND-28', `${process.name} of epoch ${driver.epoch} counts on executor ${executorId}`);
    };
    ssc.on('driver:standby', () => counts.state('a driver stands by'));
    ssc.on('driver:in-charge', ({ epoch }) => {
      if (!process.isAlive) return;
      log.note(`${process.name} is in charge in epoch ${epoch}`);
      if (epoch <= this.#newestEpoch)
        violated(
          'LEASE-7',
          `${process.name} is in charge in epoch ${epoch} after epoch ${this.#newestEpoch}`,
        );
      if (this.#newestEpoch > 0) counts.state('a driver takes over');
      if (this.#deps.clock.nowMs - this.#handedOverMs < HANDED_OVER_MS)
        counts.state('a driver gets the lease by a hand-over');
      this.#newestEpoch = epoch;
      driver.epoch = epoch;
      for (const executorId of early) checkEpochOf(executorId);
      early = [];
    });
    ssc.on('executor:added', ({ executor: { executorId } }) => {
      if (epochOf(executorId) === undefined) return;
      counts.state('an executor on a host is ready');
      if (!process.isAlive) return;
      if (driver.epoch === undefined) early.push(executorId);
      else checkEpochOf(executorId);
    });
    ssc.on('batch:started', ({ batch: { batchTime } }) => {
      if (!process.isAlive || driver.epoch === undefined || driver.epoch >= this.#newestEpoch) return;
      violated(
        'BAT-1',
        `${process.name} of epoch ${driver.epoch} begins batch ${batchTime}, and epoch ${this.#newestEpoch} is in charge`,
      );
    });
  }

  #ended(driver: ClusterDriver, error?: unknown): void {
    const { process, machine } = driver;
    if (!process.isAlive || driver.hasEnded) return;
    const { log, counts, violated, mayEnd, isReplacedAfter } = this.#deps;
    driver.hasEnded = true;
    const code = isMillraceError(error)
      ? `${error.code}: ${error.message}`
      : error === undefined
        ? 'without an error'
        : messageOf(error);
    log.note(`${process.name} ended: ${code}`);
    if (isMillraceError(error, 'MR_LEASE_LOST')) counts.state('a driver ends with MR_LEASE_LOST');
    if (isMillraceError(error, 'MR_WAL_FENCED')) counts.state('a driver ends with MR_WAL_FENCED');
    const isFenced =
      isMillraceError(error, 'MR_WAL_FENCED') || isMillraceError(error, 'MR_CHECKPOINT_FENCED');
    if (isFenced && driver.epoch !== undefined && !isReplacedAfter(driver.epoch))
      violated('LOG-14', `${process.name} of the newest epoch ${driver.epoch} ended with ${code}`);
    if (error !== undefined && !mayEnd())
      violated('finishes', `${process.name} ended without a fault: ${code}`);
    if (driver.isStopping) return;
    if (this.isOver) return counts.state('a driver that stands by ends with the application');
    process.kill();
    this.startLater(machine);
  }
}

/** The epoch in the name of an executor on a host. */
function epochOf(executorId: string): number | undefined {
  const [, epoch] = /^h\d+-\d+\.(\d+)\.\d+$/.exec(executorId) ?? [];
  return epoch === undefined ? undefined : Number(epoch);
}

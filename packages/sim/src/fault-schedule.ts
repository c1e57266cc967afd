// Carries out the faults of a plan: random failures, and endings at a step or time. The schedule begins with the run,
// and stops when the faults are over.
import type { Coverage } from './coverage.ts';
import type { Ending, Plan } from './plan.ts';
import type { SimClock } from './sim-clock.ts';
import type { SimDisk } from './sim-disk.ts';
import type { SimDriver } from './sim-driver.ts';
import { CHECKPOINT_DIRECTORY } from './sim-engine.ts';
import type { SimNetwork } from './sim-network.ts';

/** The targets of the faults. */
export interface FaultSubject {
  readonly plan: Plan;
  readonly disk: SimDisk;
  readonly network: SimNetwork;
  readonly clock: SimClock;
  readonly coverage: Coverage;
  /** The current driver; undefined before the first. */
  readonly driver: () => SimDriver | undefined;
  /** Starts another driver after this time, unless one exists by then. */
  readonly restartAfter: (driver: SimDriver, ms: number) => void;
  /** Ends every process of the machine. */
  readonly killAll: () => void;
  /** Stops a driver gracefully. */
  readonly stop: (driver: SimDriver, deadlineMs: number) => Promise<boolean>;
  /** Calls the callback after this time, in ms. */
  readonly after: (ms: number, callback: () => void) => void;
}

/** The time of a partition after which the driver gives up an executor, in ms. */
const GIVEN_UP_AFTER_MS = 400;
/** The stop deadline of a rolling restart, in ms. */
const ROLLING_DEADLINE_MS = 2_000;

/** See the header of this file. */
export class FaultSchedule {
  readonly #subject: FaultSubject;
  #endings: readonly Ending[];
  #stepsLeft = Number.POSITIVE_INFINITY;
  #isOn = false;

  constructor(subject: FaultSubject) {
    this.#subject = subject;
    this.#endings = subject.plan.endings;
  }

  /** True when faults happen now. */
  get isOn(): boolean {
    return this.#isOn;
  }

  begin(): void {
    const { plan, disk, network, after } = this.#subject;
    const { channels, endings } = plan;
    this.#isOn = true;
    disk.beginFaults(plan.disk, plan.failing ?? []);
    network.faults = channels;
    network.mayLose = (channels.loss ?? 0) > 0 || endings.some(({ part }) => part === 'partition');
    for (const [from, until] of plan.disk.full ?? []) {
      after(from, () => this.#isOn && (disk.isFull = true));
      after(until, () => (disk.isFull = false));
    }
    for (const { atMs, byMs } of plan.clockSteps ?? []) after(atMs, () => this.#isOn && this.#setClock(byMs));
    this.#expectEnding();
  }

  end(): void {
    this.#isOn = false;
    this.#endings = [];
    this.#stepsLeft = Number.POSITIVE_INFINITY;
    this.#subject.disk.endFaults();
    this.#subject.network.faults = {};
    this.#subject.network.mayLose = false;
  }

  /** A driver with this name is about to begin, in this life. */
  driverBegins(life: number, name: string): void {
    const { plan, disk } = this.#subject;
    const refusals = plan.lasting?.filter((refusal) => this.#isOn && refusal.life === life) ?? [];
    disk.refuseTo(name, refusals);
    if (!this.#isOn) return;
    for (const damage of plan.damages ?? []) {
      if (damage.life === life) disk.damage(CHECKPOINT_DIRECTORY, damage);
    }
  }

  /** Counts a step: an operation of a process at its border. */
  step(): void {
    this.#stepsLeft -= 1;
    if (this.#stepsLeft <= 0) this.#end();
  }

  /** A sink has reached the step of an ending that is independent of all other endings. False: faults are over. */
  strike({ part, downMs }: Pick<Ending, 'part' | 'downMs'>): boolean {
    if (this.#isOn) this.#carryOut({ part, downMs, after: { steps: 0 } });
    return this.#isOn;
  }

  #expectEnding(): void {
    const [next] = this.#endings;
    this.#stepsLeft = Number.POSITIVE_INFINITY;
    if (next === undefined) return;
    if ('steps' in next.after) this.#stepsLeft = next.after.steps;
    else this.#subject.after(next.after.ms, () => this.#endings[0] === next && this.#end());
  }

  /** Carries out the next ending. */
  #end(): void {
    const [ending, ...others] = this.#endings;
    this.#endings = others;
    this.#expectEnding();
    if (ending !== undefined) this.#carryOut(ending);
  }

  #carryOut({ part, downMs, isSecond }: Ending): void {
    const { coverage, disk, restartAfter } = this.#subject;
    const driver = this.#subject.driver();
    if (driver === undefined || !driver.process.isAlive) return;
    if (isSecond === true) coverage.fault('second-fault');
    switch (part) {
      case 'driver':
        coverage.fault('driver-death');
        driver.process.kill();
        return restartAfter(driver, downMs);
      case 'machine':
        coverage.fault('power-loss');
        this.#subject.killAll();
        disk.losePower();
        return restartAfter(driver, downMs);
      case 'rolling-restart':
        return this.#roll(driver, downMs);
      case 'executor': {
        const [process] = driver.executors?.processes ?? [];
        if (process === undefined) return;
        coverage.fault('executor-death');
        return process.kill();
      }
      case 'partition':
        return this.#partition(driver, downMs);
    }
  }

  #setClock(byMs: number): void {
    this.#subject.coverage.fault('clock-step');
    this.#subject.clock.shiftWall(byMs);
  }

  #partition({ executors }: SimDriver, ms: number): void {
    const { network, after } = this.#subject;
    const process = executors?.processes.at(-1);
    if (process === undefined) return;
    const heal = network.partition(process);
    const isLong = ms > GIVEN_UP_AFTER_MS;
    if (isLong) after(GIVEN_UP_AFTER_MS, () => executors?.giveUp(process));
    after(ms, () => {
      heal();
      // Reachable again, the executor learns of its replacement.
      if (isLong) after(200, () => process.kill());
    });
  }

  /**
   * A graceful stop and a new driver, like the roll-out of a new version. With faults, the stop may leave work behind
   * and reports so.
   */
  #roll(driver: SimDriver, downMs: number): void {
    const { coverage, stop, restartAfter } = this.#subject;
    coverage.fault('rolling-restart');
    void stop(driver, ROLLING_DEADLINE_MS).then(() => {
      if (!driver.process.isAlive) return;
      driver.process.kill();
      restartAfter(driver, downMs);
    });
  }
}

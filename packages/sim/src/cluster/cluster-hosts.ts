// The hosts of a simulated cluster: each machine of the plan runs one host process after the other, as its process manager would.
import { type HostProcess, type HostProcessOptions, startHost } from '@millrace/nats/testing';
import type { SimProcess } from '../sim-process.ts';
import { APP, clusterStorage, PROGRAM } from './cluster-engine.ts';
import type { ClusterParts } from './cluster-parts.ts';
import { HostExecutors } from './host-executors.ts';
import type { Machine } from './machine.ts';

/** The parts of the world that hosts live in. */
export interface ClusterHostsDeps extends ClusterParts {
  readonly isFaulty: () => boolean;
}

/** One life of a host. */
interface ClusterHost {
  readonly process: SimProcess;
  readonly executors: HostExecutors;
  host: HostProcess | undefined;
}

/** The time after the end of a host until its machine starts the next one, in ms. */
const RESTART_MS = 300;

/** See the header of this file. */
export class ClusterHosts {
  readonly #deps: ClusterHostsDeps;
  /** By the number of the host. */
  readonly #current = new Map<number, ClusterHost>();
  #isOver = false;

  constructor(deps: ClusterHostsDeps) {
    this.#deps = deps;
  }

  /** Starts every host that does not run. */
  startAll(): void {
    for (const number of this.#numbers) this.start(number);
  }

  /** The machine of a host. */
  machineOf(number: number): Machine | undefined {
    const name = this.#deps.plan.hosts?.[number];
    return this.#deps.machines.find((machine) => machine.name === name);
  }

  /** The processes of a host with its executors. */
  processesOf(number: number): readonly SimProcess[] {
    const host = this.#current.get(number);
    return host === undefined ? [] : [host.process, ...host.executors.processes];
  }

  /** The executor in a slot of a host; undefined: none. */
  executor(number: number, slot: number): SimProcess | undefined {
    return this.#current.get(number)?.executors.inSlot(slot);
  }

  /** The epochs of all running executors. */
  get epochs(): readonly number[] {
    return [...this.#current.values()].flatMap(({ executors }) => executors.epochs);
  }

  /** Starts a host, unless it runs. */
  start(number: number): void {
    const { plan, log, random } = this.#deps;
    const machine = this.machineOf(number);
    if (this.#isOver || machine === undefined || this.#current.get(number)?.process.isAlive === true) return;
    const process = machine.spawn('h');
    const chance = random(`process-${process.name}`);
    log.note(`${process.name} starts`);
    const name = `h${number}`;
    const executors = new HostExecutors({ ...this.#deps, machine, host: name, process });
    const started: ClusterHost = { process, executors, host: undefined };
    this.#current.set(number, started);
    process.onDeath(() => {
      log.note(`${process.name} is dead`);
      executors.killAll();
    });
    const { clock } = process;
    const deps = {
      links: { open: () => machine.connect(process) },
      clock,
      random: chance,
      storage: clusterStorage(clock),
      log: log.of(process.name),
      runner: executors,
    };
    const { hostSlots = 1 } = plan;
    // Executors have links of the simulation.
    const link = {} as HostProcessOptions['link'];
    const options = { app: APP, name, program: PROGRAM, executors: hostSlots, link };
    void startHost(deps, options).then((host) => (started.host = host));
  }

  /** Starts a host after a while. */
  startLater(number: number, ms = RESTART_MS): void {
    this.#deps.after(ms, () => this.start(number));
  }

  /** Kills a host with its executors. */
  kill(number: number): void {
    this.#current.get(number)?.process.kill();
  }

  /** Kills the hosts on a machine; their numbers. */
  killOn(machine: Machine): readonly number[] {
    const numbers = this.#numbers.filter((number) => this.machineOf(number) === machine);
    for (const number of numbers) this.kill(number);
    return numbers;
  }

  /** Asks a host to end. Resolves when the host has ended. A dead host hears nothing. */
  async leave(number: number): Promise<void> {
    const { process, host } = this.#current.get(number) ?? {};
    if (process?.isAlive !== true) return;
    await host?.leave();
    process.kill();
  }

  /** Ends all hosts, and starts none again. */
  async leaveAll(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#numbers.map((number) => this.leave(number)));
  }

  /** Kills all hosts. */
  killAll(): void {
    this.#isOver = true;
    for (const number of this.#numbers) this.kill(number);
  }

  get #numbers(): readonly number[] {
    return [...(this.#deps.plan.hosts ?? []).keys()];
  }
}

// Executors of a simulated world: separate processes, each with a copy of the program and with its own ports. The
// backend implements the port like any other backend: it fills its places, announces executors to the driver, carries
// messages over the faulty network, and replaces dead executors. The backend notices a death after a delay, like a real
// one.
import type { ExecutorBackend, ExecutorDescription, ExecutorId } from '@millrace/core';
import { coreError } from '@millrace/core';
import {
  type DriverEndpoint,
  type ExecutorEndpoint,
  type DriverProgram,
  type ExecutorProtocol,
  type ExecutorScaling,
  type ExecutorSession,
  type ExecutorProgram,
} from '@millrace/core/engine';
import type { SimClock } from './sim-clock.ts';
import type { Message, SimNetwork } from './sim-network.ts';
import { nothing, type SimProcess } from './sim-process.ts';

/** The parts of the world that executors need. */
export interface SimExecutorsSetup {
  readonly count: number;
  readonly clock: SimClock;
  readonly network: SimNetwork;
  /** The driver of the executors. */
  readonly driver: SimProcess;
  /** The last executor launched for each place, over all drivers. */
  readonly places: Map<number, SimProcess>;
  /** The current time that executors live on after the death of their driver, in ms. */
  readonly outliveMs: () => number;
  /** Called when an executor outlives its driver. */
  readonly onOutlived: () => void;
  /** Makes this driver the one that executors reach. */
  readonly takeCharge: (driver: DriverInCharge) => void;
  /** The driver that executors reach, independent of the launching driver. */
  readonly inCharge: () => DriverInCharge | undefined;
  /** Called with the epoch of every request of the driver. */
  readonly onEpoch: (epoch: number) => void;
  /** Called with the number of executors after each change of the number. */
  readonly onScaled: (wanted: number, change: 'added' | 'retired') => void;
  /** Makes a process that runs a copy of the program, which will serve at the session. */
  readonly spawn: (name: string, session: ExecutorSession) => SimProcess;
}

/** A driver at the address that executors use to find a driver. */
export interface DriverInCharge {
  readonly process: SimProcess;
  readonly endpoint: DriverEndpoint;
}

interface Running {
  readonly slot: number;
  readonly process: SimProcess;
  readonly description: ExecutorDescription;
  endpoint: ExecutorEndpoint | undefined;
}

/** The time until the loss of an executor is noticed, and the time until its place is filled again, in ms. */
const NOTICED_AFTER_MS = 20;
const REPLACED_AFTER_MS = 60;

/** The longest time that executors have for their end, in ms. */
const ENDS_WITHIN_MS = 500;

/** The places on which executors are of use. */
const PLACES = 4;

/** The executors of one driver; see the header of this file. */
export class SimExecutors implements ExecutorBackend {
  readonly name = 'simulated';
  readonly isRemote = true;
  readonly #setup: SimExecutorsSetup;
  readonly #alive = new Map<ExecutorId, Running>();
  readonly #processes = new Set<SimProcess>();
  /** The numbers of the places that have an executor, or will have one. */
  readonly #slots = new Set<number>();
  readonly scaling: ExecutorScaling;
  #program: DriverProgram | undefined;
  #launched = 0;
  #isStopped = false;

  constructor(setup: SimExecutorsSetup) {
    this.#setup = setup;
    const slots = this.#slots;
    this.scaling = {
      get wanted() {
        return slots.size;
      },
      maxUseful: PLACES,
      add: (count) => {
        for (let added = 0; added < count; added += 1) this.#open();
        setup.onScaled(slots.size, 'added');
      },
      retire: (executorId) => this.#retire(executorId),
    };
    setup.driver.onDeath(() => this.#driverDied());
  }

  /** The currently serving processes. */
  get processes(): readonly SimProcess[] {
    return [...this.#alive.values()].map(({ process }) => process).filter(({ isAlive }) => isAlive);
  }

  async start(program: DriverProgram): Promise<void> {
    this.#program = program;
    this.#setup.takeCharge({ process: this.#setup.driver, endpoint: program.driver });
    for (let slot = 0; slot < this.#setup.count; slot += 1) this.#open();
  }

  executors(): readonly ExecutorDescription[] {
    return [...this.#alive.values()].map(({ description }) => description);
  }

  async ask<K extends keyof ExecutorProtocol>(
    executorId: ExecutorId,
    kind: K,
    request: ExecutorProtocol[K]['request'],
  ): Promise<ExecutorProtocol[K]['reply']> {
    if ('epoch' in request) this.#setup.onEpoch(request.epoch);
    return this.#ask({ from: this.#setup.driver }, executorId, kind, request);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#closed([...this.#alive.values()]);
    this.#killAll();
  }

  /** The endpoints are closed, as far as the time suffices. */
  async #closed(running: readonly Running[]): Promise<void> {
    const endpoints = running.map(({ endpoint }) => endpoint?.close());
    const waiting = new AbortController();
    // Rejects when cancelled.
    const patience = this.#setup.driver.clock.sleepFor(ENDS_WITHIN_MS, waiting.signal).catch(() => undefined);
    await Promise.race([Promise.all(endpoints), patience]);
    waiting.abort();
  }

  /** Fills the first free place. */
  #open(): void {
    let slot = 0;
    while (this.#slots.has(slot)) slot += 1;
    this.#slots.add(slot);
    this.#launch(slot);
  }

  /** The driver knows of the end first, and sends no request meanwhile. */
  async #retire(executorId: ExecutorId): Promise<void> {
    const running = this.#alive.get(executorId);
    if (running === undefined || this.#isStopped) return;
    this.#slots.delete(running.slot);
    this.#setup.onScaled(this.#slots.size, 'retired');
    this.#lost(executorId, 'retired');
    await this.#closed([running]);
    running.process.kill();
  }

  /** The driver gives up an unreachable executor and has it replaced; the executor may still be running. */
  giveUp(process: SimProcess): void {
    for (const [executorId, running] of this.#alive) {
      if (running.process !== process) continue;
      this.#lost(executorId, 'the executor is unreachable');
      this.#launch(running.slot);
    }
  }

  #launch(slot: number): void {
    const { driver, spawn, clock } = this.#setup;
    if (this.#isStopped || !driver.isAlive || !this.#slots.has(slot)) return;
    const life = this.#launched;
    this.#launched += 1;
    const executorId = `executor-${life}`;
    const before = this.#setup.places.get(slot);
    const session: ExecutorSession = {
      // An executor that was given up may still run and hold data under the name of its place.
      slot: before?.isAlive === true ? `${slot}-${driver.name}-${life}` : `${slot}`,
      isFor: () => true,
      serve: (served) => {
        this.#serve(running, served);
        return nothing();
      },
    };
    const process = spawn(`${driver.name}/${executorId}`, session);
    this.#setup.places.set(slot, process);
    this.#processes.add(process);
    // The first steps of the executor may have been the driver's last.
    if (!driver.isAlive) return process.kill();
    const running: Running = {
      slot,
      process,
      description: { executorId, host: `host-${slot}`, cores: 2 },
      endpoint: undefined,
    };
    process.onDeath(() =>
      clock.after(driver, NOTICED_AFTER_MS, () => {
        this.#lost(executorId, 'the process is gone');
        if (this.#setup.places.get(slot) === process) {
          clock.after(driver, REPLACED_AFTER_MS, () => this.#launch(slot));
        }
      }),
    );
  }

  #serve(running: Running, served: ExecutorProgram): void {
    const { process, description } = running;
    const { driver, network } = this.#setup;
    const program = this.#program;
    if (program === undefined || !driver.isAlive || !process.isAlive) return;
    if (served.fingerprint !== program.fingerprint)
      throw new Error('driver and executor built different graphs');
    const toDriver = {
      ask: (kind: string, request: unknown) => {
        // The driver in charge has the address now.
        const to = this.#setup.inCharge() ?? { process: driver, endpoint: program.driver };
        const message = (at: DriverInCharge) => ({
          from: process,
          to: at.process,
          kind,
          request,
          handle: (arrived: unknown) => at.endpoint.ask(kind as 'AddBlock', arrived as never),
        });
        // A long-delayed message arrives once more, at the driver that is in charge by then.
        network.comesLate(process, () => {
          const later = this.#setup.inCharge();
          if (later !== undefined && later !== to) void network.ask(message(later)).catch(() => undefined);
        });
        return network.ask(message(to));
      },
    };
    const peers = {
      ask: (id: ExecutorId, kind: string, request: unknown) =>
        this.#ask({ from: process, isAmongPeers: true }, id, kind as 'FetchBlock', request as never),
    };
    running.endpoint = served.createExecutor({
      ...description,
      // Kind and types belong together on both sides; in between, messages are data.
      driver: toDriver,
      peers,
    });
    this.#alive.set(description.executorId, running);
    program.membership.onExecutorAdded(description);
  }

  async #ask<K extends keyof ExecutorProtocol>(
    asker: Pick<Message<unknown>, 'from' | 'isAmongPeers'>,
    executorId: ExecutorId,
    kind: K,
    request: ExecutorProtocol[K]['request'],
  ): Promise<ExecutorProtocol[K]['reply']> {
    const running = this.#alive.get(executorId);
    const endpoint = running?.endpoint;
    if (running === undefined || endpoint === undefined) {
      throw coreError('MR_EXECUTOR_UNREACHABLE', `executor ${executorId} is not alive`, {
        details: { executorId, kind },
      });
    }
    const { process } = running;
    return this.#setup.network.ask({
      ...asker,
      to: process,
      kind,
      request,
      handle: (arrived) => endpoint.ask(kind, arrived as ExecutorProtocol[K]['request']),
    });
  }

  #lost(executorId: ExecutorId, reason: string): void {
    if (!this.#alive.delete(executorId) || this.#isStopped) return;
    this.#program?.membership.onExecutorLost(executorId, reason);
  }

  /** Executors are children of their driver, but some outlive the driver for a while. */
  #driverDied(): void {
    this.#isStopped = true;
    const outliveMs = this.#setup.outliveMs();
    if (outliveMs === 0) return this.#killAll();
    for (const process of this.#processes) {
      if (!process.isAlive) continue;
      this.#setup.onOutlived();
      this.#setup.clock.after(process, outliveMs, () => process.kill());
    }
  }

  #killAll(): void {
    this.#isStopped = true;
    for (const process of this.#processes) process.kill();
  }
}
